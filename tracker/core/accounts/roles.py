"""Who a person is to an organisation; every rule of the product names one of these."""

from __future__ import annotations

from enum import StrEnum

from tracker.core.errors import N_


class Role(StrEnum):
    """A duty held in one organisation; the value is what the database stores."""

    LIAISON = "liaison"
    DEPT_APPROVER = "dept_approver"
    REGISTRAR = "registrar"
    INSPECTOR = "inspector"
    SUPERVISOR = "supervisor"
    HEAD = "head"
    LEGAL_REVIEWER = "legal_reviewer"
    TOWNSHIP_CLERK = "township_clerk"
    TRAINER = "trainer"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"


ROLE_LABELS: dict[Role, str] = {
    Role.LIAISON: N_("联络员"),
    Role.DEPT_APPROVER: N_("部门审批人"),
    Role.REGISTRAR: N_("登记员"),
    Role.INSPECTOR: N_("执法检查人员"),
    Role.SUPERVISOR: N_("业务负责人"),
    Role.HEAD: N_("单位负责人"),
    Role.LEGAL_REVIEWER: N_("法制审核人员"),
    Role.TOWNSHIP_CLERK: N_("乡镇统计员"),
    Role.TRAINER: N_("培训管理员"),
    Role.SYSTEM_ADMIN: N_("系统管理员"),
    Role.SECURITY_ADMIN: N_("安全管理员"),
    Role.AUDIT_ADMIN: N_("审计管理员"),
}

# 三员分立: one person holds at most one of these and no business role beside it.
ADMIN_ROLES: frozenset[Role] = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
