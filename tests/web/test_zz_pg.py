import pytest
from tests.security.world import *
from tracker.core.cases.models import Case
pytestmark=[pytest.mark.at_time(TODAY)]
def test_p(app, session):
    from sqlalchemy import text
    from tracker.core.search.index import IndexRow, write_rows
    with transaction():
        w = World(session)
        ids = [w.lead_about("甲山煤业","triage").id]
    d=Door(app,w.people); c=d.of("supervisor@bureau")
    def go(m,u,**k):
        try: r=getattr(c,m)(u,**k); print(r.status_code,u[:70],str(k)[:60])
        except Exception as e: print("EXC",u,repr(e)[:100])
    for u in ["/work/?clock=%00x","/work/?channel=%00","/work/?group=state&after=1~%00~2026-01-01~5","/work/?group=region&after=%00~2026-01-01~5","/work/?group=due&view=all","/work/?group=holder&view=all","/work/?view=all&group=kind&after=1~2026-01-01~5",
      "/staff/?q=%00","/units/?q=%00","/leads/?q=%00","/leads/?after=%00","/search/?q=%00","/search/?q=%EF%BF%BF%F0%9F%98%80","/dashboards/explore?by=place&beside=holder","/dashboards/?region=%00","/reports/ledger?period=%00","/leads/?org=999999999","/help/?q=%00","/rules/?q=%00","/officers/?q=%00", "/units/?q=%25_%5C","/search/?q=%25%5C","/agenda/?on=9999-12-31","/agenda/?on=0001-01-01","/agenda/?on=9999-12-31&view=month","/agenda/export?on=9999-12-31&view=month","/reminders/?from=9999-12-31","/reminders/?days=99999999999","/inbox/?after=99999999999999999999","/inbox/?after=999999999999","/coverage/?year=99999999999","/norms/?page=99999999999999999999", "/staff/?page=99999999999999999"]:
        go("get",u)
    for who in ("drafter",):
        c=d.of(who)
        for u in ["/work/?group=due&view=all","/work/?view=late","/work/?group=state&view=all","/search/?q=甲山"]: go("get",u)
    c=d.of("supervisor@bureau")
    go("post","/work/views",data={"name":"a\x00b","_once":key()})
    go("post","/work/read",data={"case_id":"9999999999","_once":key()})
    go("post","/work/read",data={"all":"1","_once":key()})
    go("post","/bulk/",data={"case_id":["999999999","%d"%ids[0]],"_page":"/work/\x00","_once":key()})
    go("post","/bulk/",data={"case_id":["%d.999999999"%ids[0]],"_once":key()})
    go("post",f"/delegations/leaving/{w.people['inspector@bureau']}",data={"go":"check","all":"99999999999","case-99999999999999":"1","_once":key()})
    go("post","/delegations/lend",data={"go":"preview","to_user_id":str(w.people['inspector@bureau']),"kinds":["\x00"],"roles":["\x00"],"valid_from":"0001-01-01","valid_to":"9999-12-31","reason":"x","_once":key()})
    go("post","/delegations/lend",data={"to_user_id":str(w.people['inspector@bureau']),"kinds":["\x00"],"valid_from":"2026-03-05","valid_to":"9999-12-31","reason":"x\x00","_once":key()})
    with transaction() as s:
        try:
            write_rows(s,[IndexRow(ids[0],["a"*5000,"b"],["a"*5000,"b","c"*3000])])
            print("long token ok")
        except Exception as e: print("LONG", repr(e)[:200])
    go("get","/search/?q=b"); 
