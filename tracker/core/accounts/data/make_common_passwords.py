"""Writes common-passwords.txt: what people choose first, in English and in Chinese habits.

Run it in this folder after changing a word list: ``python make_common_passwords.py``.
Everything is built from the lists below; nothing was taken from a leak.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

_ENGLISH = """
password passwd pass passw0rd passwort letmein welcome admin administrator root user guest test
tester testing login master monkey dragon football baseball basketball soccer hockey golf tennis
iloveyou ilovey loveyou lovely love lover sunshine princess prince shadow superman batman
spiderman ironman trustno access hello helloworld freedom whatever starwars computer internet
server database oracle mysql default secret private system manager office service support public
changeme change temp temporary demo sample example company business money secure security qazwsx
michael jordan jennifer thomas robert daniel andrew joshua matthew charlie george william james
john david richard joseph jessica ashley nicole michelle amanda anthony maggie buster hunter
ranger killer harley thunder pepper ginger cookie cheese summer winter spring autumn monday
sunday friday january february march april june july august september october november december
orange banana apple cherry purple yellow silver golden diamond crystal flower butterfly angel
angels heaven devil jesus christ blessed faith tigger tiger lion eagle falcon phoenix wolf
snoopy mickey donald pokemon pikachu naruto matrix gandalf merlin wizard mustang ferrari porsche
corvette mercedes toyota honda yankees lakers cowboys steelers liverpool arsenal chelsea
barcelona realmadrid manchester london paris boston dallas chicago america canada australia
england china beijing shanghai family forever friends friend mother father brother sister
babygirl baby sweety sweetie honey sexy hottie cutie chocolate coffee samsung nokia google
facebook twitter youtube microsoft windows linux ubuntu apple123 android iphone huawei xiaomi
alibaba taobao tencent baidu weixin wechat alipay abc abcd abcde abcdef abcdefg abcdefgh
abcdefghi abcdefghij aaa aaaa aaaaaa asd asdf asdfg asdfgh asdfghj asdfghjk asdfghjkl zxc zxcv
zxcvb zxcvbn zxcvbnm qwe qwer qwert qwerty qwertyu qwertyui qwertyuio qwertyuiop qaz wsx edc
qazwsxedc qazwsxedcrfv zaqwsx zaqxsw poiuyt lkjhgf mnbvcxz asdzxc qweasd qweasdzxc asdqwe
zxcasdqwe onetwothree one two iloveu ihateyou imissyou fuckyou fuckme asshole bitch blowme enter
open opensesame sesame knock knockknock correcthorsebatterystaple letmeinplease passwordpassword
adminadmin rootroot welcometo helpme help online student teacher school college university
doctor police lawyer soldier captain general president king queen boss chief director leader
worker engineer player gamer winner loser hacker cracker ninja samurai pirate zombie vampire
monster demon ghost magic mystic secret123 guitar piano music singer dancer rock metal punk
rainbow sunflower moonlight starlight midnight morning evening sunrise sunset ocean river
mountain forest island beach water fire earth wind storm snow snowball icecream candy sugar
sweet lemon peach strawberry blueberry pineapple cucumber potato tomato chicken turkey rabbit
kitten puppy doggie kitty hamster horse pony dolphin shark turtle panda koala bear teddy
teddybear peanut pumpkin happy happiness lucky luckyday success victory champion gold platinum
titanium emerald ruby sapphire jasmine rose lily violet daisy iris statistics statistic survey
census report
"""

_PINYIN = """
woaini woaini1314 woaini520 woaini521 woaiwojia woaizhongguo woainima woaibaobao woaimama
woaibaba woaita woaiziji woshishui woshini woshiwo woshitiancai woshizhu woxihuanni woxiangni
wobuzhidao wodemima mima mimamima mimashi nihao nihaoma nishizhu nishishui nideming nimei
zhongguo zhonghua zhongguoren zhongguomeng beijing shanghai guangzhou shenzhen tianjin chongqing
wuhan nanjing hangzhou chengdu xian shenyang haerbin changchun jinan qingdao zhengzhou changsha
fuzhou xiamen kunming guiyang nanning haikou lanzhou xining yinchuan wulumuqi lasa huhehaote
shijiazhuang taiyuan hefei nanchang taibei xianggang aomen baotou dalian ningbo suzhou wuxi
dongguan foshan wenzhou yantai tangshan qinghai xinjiang xizang neimenggu ningxia guangxi
guangdong yunnan guizhou sichuan hunan hubei henan hebei shandong shanxi shaanxi jiangsu jiangxi
zhejiang anhui fujian hainan liaoning jilin heilongjiang gansu taiwan wangjile wangji buzhidao
meiyou meiyoumima guanliyuan yonghu ceshi ceshizhanghao xitong xitongguanliyuan denglu kaimen
zhimakaimen tongji tongjiju tongjiyuan tongjike zhengfu gongzuo danwei bangongshi caiwu kuaiji
renshi juzhang keji keyuan xianzhang baobao baobei laopo laogong qinaide mama baba babamama
jiejie gege didi meimei erzi nver yeye nainai haizi xiaobao dabao xiaopang xiaolong xiaoming
xiaohong xiaohua xiaoyu xiaofei xiaoqiang xiaojie xiaomao xiaogou xiaozhu xiaotu dahai tiankong
yangguang xingfu kuaile kuailexingfu jiankang pingan yishengpingan yilupingan shunli
yifanfengshun wanshiruyi gongxifacai facai facaile fuguirong daji dajidali haoyun
haorenyishengpingan meili piaoliang shuaige meinv zhangsan lisi wangwu zhaoliu sunwukong
zhubajie tangseng liubei guanyu zhangfei caocao zhugeliang libai dufu maozedong zhouenlai
dengxiaoping jiushizheyang suibian suibianba henhao feichanghao haohaoxuexi tiantianxiangshang
nuli jiayou jiayouzhongguo chenggong shengli qianjin fendou lixiang mengxiang ziyou aiqing
youqing qinqing yongyuan yiqiyongyuan buliburen yishengyishi yishiyisheng tiancai shagua bendan
chunzhu zhutou feizhu laoshi tongxue pengyou haopengyou dage laoda xiongdi jiemei qwe123 asd123
wo ai ni wobuhui xiexie zaijian duibuqi meiguanxi shengri shengrikuaile xinnian xinniankuaile
chunjie guoqing zhongqiu yuandan qingming duanwu chongyang qingchun qingchunwuhui renmin
renminwansui gongchandang jiefangjun lianhe tuanjie heping hexie fazhan gaige kaifang
"""

# The hundred commonest surnames, as people spell them in account names.
_SURNAMES = """
wang li zhang liu chen yang zhao huang zhou wu xu sun hu zhu gao lin he guo ma luo liang song
zheng xie han tang feng yu dong xiao cheng cao yuan deng fu shen zeng peng lv lu su jiang cai
jia ding wei xue ye yan pan du dai xia zhong tian ren fan fang shi yao tan liao zou xiong jin
hao kong bai cui kang mao qiu qin gu hou shao meng long wan duan lei qian yin yi chang qiao lai
gong wen ouyang sima zhuge nie zhan ou geng guan lan
"""

_DIGITS = """
5201314 1314520 5211314 521521 520520 1314521 147258369 123456 1234567 12345678 123456789
1234567890 12345678910 0123456789 987654321 9876543210 987654 654321 111111 222222 333333 444444
555555 666666 777777 888888 999999 000000 11111111 88888888 66666666 00000000 99999999 112233
11223344 1122334455 123123 123123123 123321 1234554321 123454321 121212 131313 101010 159357
147852 147258 741852963 963852741 159753 456789 789456 789456123 456123 321321 147896325 123654
123789 110110 119119 120120 10086 10010 10000 12306 12315 95588 168168 168888 518518 5188 888666
666888 668899 778899 134679 1357924680 24681012 13579 135792468 246810 314159 31415926
3141592653 271828 142857 1qaz 1qaz2wsx 1qaz2wsx3edc 1qaz2wsx3edc4rfv 1q2w3e 1q2w3e4r 1q2w3e4r5t
1q2w3e4r5t6y 1a2b3c 1a2s3d 1z2x3c q1w2e3 q1w2e3r4 q1w2e3r4t5 a1b2c3 a1b2c3d4 a1s2d3 a1s2d3f4
z1x2c3 1qazxsw2 2wsx3edc zaq12wsx zaq1xsw2 qaz123 qwe123 asd123 zxc123 abc123 a123456 a12345678
a123456789 a1234567890 q123456 q123456789 w123456 z123456 z123456789 aa123456 aa123456789
aaa123456 ab123456 abc123456 abcd1234 abcd123456 qq123456 ww123456 zz123456 xx123456 123qwe
123qweasd 123qweasdzxc 123asd 123abc 123456a 123456aa 123456abc 123456q 123456qq 12345qwert
123456qwerty 1234qwer 1234abcd qwer1234 asdf1234 zxcv1234 qwerty123 qwertyuiop123 asdfghjkl123
p@ssw0rd p@ssword pa$$word pa$$w0rd passw0rd admin@123 admin@1234 root@123 test@123 abc@123
abcd@1234 qwer@1234 a@123456 Aa@123456 aa@123 1qaz@wsx !qaz2wsx 1qaz!qaz !@#$%^ !@#$%^&*
!@#$%^&*() !@#qwe !@#123 123!@# 123456!@# qwe!@# qwe123!@# asd123!@# abc123!@# 1qaz@wsx#edc
!qaz@wsx !qaz@wsx#edc zaq!xsw@ 147258369a 5201314a a5201314 woaini1314
"""

_ROWS = (
    "1234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "!@#$%^&*()",
    "abcdefghijklmnopqrstuvwxyz",
)
_COLUMNS = ("1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm")
_TAILS = (
    "123",
    "1234",
    "12345",
    "123456",
    "888",
    "666",
    "520",
    "521",
    "1314",
    "5201314",
    "88",
    "00",
)


def candidates() -> Iterator[str]:
    """Every entry, lower case, with repeats."""
    words = [*_ENGLISH.split(), *_PINYIN.split()]
    yield from words
    yield from (word.lower() for word in _DIGITS.split())
    for surname in _SURNAMES.split():
        yield surname
        yield from (surname + tail for tail in _TAILS)
        yield from (tail + surname for tail in ("123", "123456", "520", "woai", "xiao", "lao"))
    for row in (*_ROWS, *(row[::-1] for row in _ROWS)):
        for size in range(4, len(row) + 1):
            yield from (row[start : start + size] for start in range(len(row) - size + 1))
    for first in range(len(_COLUMNS)):
        for last in range(first + 1, len(_COLUMNS) + 1):
            yield "".join(_COLUMNS[first:last])
            yield "".join(column[::-1] for column in _COLUMNS[first:last])
            yield "".join(column[1:] for column in _COLUMNS[first:last])
    # Birthdays: a year and a month, the way they are typed (the day falls to the stem rule).
    for year in range(1950, 2036):
        yield str(year)
        yield from (f"{year}{month:02d}" for month in range(1, 13))
        yield from (f"{year}{tail}" for tail in ("1001", "0101", "0214", "1111", "1212", "0501"))
    for letter in "abcdefghijklmnopqrstuvwxyz0123456789":
        yield from (letter * count for count in range(3, 17))
    for word in words:
        if len(word) >= 4:
            yield from (word + word, word[::-1])


def listing() -> str:
    """The whole file."""
    lines = sorted({entry for entry in candidates() if len(entry) >= 3})
    return "# Written by make_common_passwords.py; do not edit.\n" + "\n".join(lines) + "\n"


if __name__ == "__main__":
    Path(__file__).with_name("common-passwords.txt").write_text(listing(), encoding="utf-8")
