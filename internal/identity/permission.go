package identity

// Permission names one kind of act. It is always held within a Scope.
type Permission string

// The permissions.
const (
	OrderRead      Permission = "order.read"      // see orders
	OrderCreate    Permission = "order.create"    // report for oneself
	OrderIntake    Permission = "order.intake"    // take in for others, correct, cancel, merge
	OrderDispatch  Permission = "order.dispatch"  // assign, put into the pool, transfer, escalate
	OrderWork      Permission = "order.work"      // grab, accept, arrive, hold, finish
	OrderConfirm   Permission = "order.confirm"   // confirm, rate, urge, say it is not solved
	OrderCallBack  Permission = "order.callback"  // call back and close
	OrderSupervise Permission = "order.supervise" // put under watch, review reports, see who explains what
	OrderExport    Permission = "order.export"    // take lists out as files
	OrderImport    Permission = "order.import"    // bring in history
	OrgRead        Permission = "org.read"        // see places, departments, teams
	OrgWrite       Permission = "org.write"
	PersonRead     Permission = "person.read" // see people with their numbers
	PersonWrite    Permission = "person.write"
	CatalogRead    Permission = "catalog.read"
	CatalogWrite   Permission = "catalog.write"
	PlanRead       Permission = "plan.read" // see plans that make orders
	PlanWrite      Permission = "plan.write"
	AssetRead      Permission = "asset.read"
	AssetWrite     Permission = "asset.write"
	LoanWrite      Permission = "loan.write" // lend things and take them back
	StockRead      Permission = "stock.read"
	StockWrite     Permission = "stock.write"
	ReportRead     Permission = "report.read"
	ScreenWrite    Permission = "screen.write" // make links to big screens
	RoleWrite      Permission = "role.write"   // roles and grants
	AuditRead      Permission = "audit.read"
	JobRead        Permission = "job.read"
	JobWrite       Permission = "job.write" // run again, cancel
	SettingWrite   Permission = "setting.write"
	RuleRead       Permission = "rule.read"
	RuleManage     Permission = "rule.manage" // what the program does by itself

	IncidentRead    Permission = "incident.read"    // see major incidents
	IncidentCommand Permission = "incident.command" // declare and lead them
)

// Permissions returns every permission with its name in both languages, in the
// order in which the role editor shows them.
func Permissions() []PermissionInfo {
	return []PermissionInfo{
		{OrderRead, "查看工单", "See orders"}, {OrderCreate, "报修", "Report"}, {OrderIntake, "受理", "Take in"},
		{OrderDispatch, "派单", "Dispatch"}, {OrderWork, "处理工单", "Work on orders"}, {OrderConfirm, "确认评价", "Confirm and rate"},
		{OrderCallBack, "回访", "Call back"}, {OrderSupervise, "督办与复盘", "Watch and review"}, {OrderExport, "导出工单", "Export orders"}, {OrderImport, "导入历史工单", "Import history"},
		{OrgRead, "查看组织", "See organisation"}, {OrgWrite, "维护组织", "Edit organisation"},
		{PersonRead, "查看人员", "See people"}, {PersonWrite, "维护人员", "Edit people"},
		{CatalogRead, "查看服务目录", "See catalogue"}, {CatalogWrite, "维护服务目录", "Edit catalogue"},
		{PlanRead, "查看计划", "See plans"}, {PlanWrite, "维护计划", "Edit plans"},
		{AssetRead, "查看资产", "See assets"}, {AssetWrite, "维护资产", "Edit assets"}, {LoanWrite, "借还设备", "Lend and take back"},
		{StockRead, "查看库存", "See stock"}, {StockWrite, "维护库存", "Edit stock"},
		{ReportRead, "查看报表", "See reports"}, {ScreenWrite, "管理大屏", "Manage screens"},
		{RoleWrite, "维护角色权限", "Edit roles"}, {AuditRead, "查看审计", "See audit trail"},
		{JobRead, "查看后台任务", "See jobs"}, {JobWrite, "操作后台任务", "Operate jobs"}, {SettingWrite, "系统设置", "Settings"},
		{RuleRead, "查看自动规则", "See rules"}, {RuleManage, "维护自动规则", "Manage rules"},
		{IncidentRead, "查看重大事件", "See major incidents"}, {IncidentCommand, "指挥重大事件", "Command major incidents"},
	}
}

// PermissionInfo is a permission with its names.
type PermissionInfo struct {
	Permission Permission `json:"permission"`
	NameZh     string     `json:"nameZh"`
	NameEn     string     `json:"nameEn"`
}

// Known tells whether p is a permission of this program.
func Known(p Permission) bool {
	for _, i := range Permissions() {
		if i.Permission == p {
			return true
		}
	}
	return false
}

// Role is a named set of permissions.
type Role struct {
	ID          string       `db:"id" json:"id"`
	NameZh      string       `db:"name_zh" json:"nameZh"`
	NameEn      string       `db:"name_en" json:"nameEn"`
	Builtin     bool         `db:"builtin" json:"builtin" doc:"Built-in roles can be granted, not changed"`
	Permissions []Permission `db:"permissions,json" json:"permissions"`
	Version     int64        `db:"version" json:"version"`
}

// BuiltinRoles are the roles every hospital starts with.
func BuiltinRoles() []Role {
	read := []Permission{OrderRead, OrgRead, CatalogRead, AssetRead}
	with := func(id, zh, en string, more ...Permission) Role {
		return Role{ID: id, NameZh: zh, NameEn: en, Builtin: true, Version: 1,
			Permissions: append(append([]Permission{}, read...), more...)}
	}
	all := make([]Permission, 0, len(Permissions()))
	for _, p := range Permissions() {
		all = append(all, p.Permission)
	}
	return []Role{
		with("reporter", "报修人", "Reporter", OrderCreate, OrderConfirm),
		with("agent", "客服", "Agent", OrderCreate, OrderIntake, OrderDispatch, OrderConfirm, OrderCallBack, PersonRead, IncidentRead, IncidentCommand),
		with("dispatcher", "调度", "Dispatcher", OrderCreate, OrderIntake, OrderDispatch, OrderConfirm, OrderCallBack, OrderSupervise, OrderExport, PersonRead, PlanRead, PlanWrite, LoanWrite, ReportRead, ScreenWrite, IncidentRead, IncidentCommand),
		with("engineer", "工程师", "Engineer", OrderCreate, OrderWork, OrderConfirm, LoanWrite, StockRead),
		with("team_lead", "班组长", "Team lead", OrderCreate, OrderWork, OrderDispatch, OrderConfirm, OrderSupervise, OrderExport, PersonRead, PlanRead, PlanWrite, LoanWrite, ReportRead, StockRead, IncidentRead),
		with("storekeeper", "库管", "Storekeeper", StockRead, StockWrite),
		with("asset_keeper", "资产管理员", "Asset keeper", OrderCreate, OrderConfirm, AssetWrite, LoanWrite, StockRead),
		with("manager", "管理者", "Manager", OrderCreate, OrderConfirm, OrderSupervise, OrderExport, PersonRead, PlanRead, ReportRead, IncidentRead, IncidentCommand, RuleRead),
		with("vendor_supervisor", "外包主管", "Vendor supervisor", OrderWork, OrderDispatch, PersonRead, ReportRead),
		with("auditor", "审计员", "Auditor", AuditRead, JobRead, PersonRead, ReportRead, RuleRead),
		{ID: "admin", NameZh: "系统管理员", NameEn: "Administrator", Builtin: true, Version: 1, Permissions: all},
	}
}
