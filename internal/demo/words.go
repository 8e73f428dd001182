package demo

// What an invented hospital is called and says. All of it is made up.

var surnames = []string{"王", "李", "张", "刘", "陈", "杨", "黄", "赵", "周", "吴", "徐", "孙", "马", "朱", "胡", "郭", "何", "林", "罗", "高",
	"郑", "梁", "谢", "宋", "唐", "许", "韩", "邓", "冯", "曹", "彭", "曾", "肖", "田", "董", "潘", "袁", "蔡", "蒋", "余", "欧阳", "诸葛"}

var givenNames = []string{"伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "秀英", "霞", "平",
	"桂兰", "建华", "晓燕", "志强", "海燕", "雪梅", "俊杰", "子涵", "雨桐", "欣怡", "浩然", "思远", "文博", "嘉怡", "佳琪", "梓轩", "若曦", "一鸣", "国庆", "春梅"}

type campusWords struct {
	name, short string
	buildings   []buildingWords
}

type buildingWords struct {
	name   string
	floors int
	class  string
}

var campuses = []campusWords{
	{"本部院区", "本部", []buildingWords{{"门诊楼", 5, "outpatient"}, {"急诊楼", 2, "emergency"}, {"外科楼", 12, "ward"}, {"内科楼", 10, "ward"}, {"医技楼", 4, "medtech"}, {"行政楼", 4, "office"}}},
	{"东院区", "东院", []buildingWords{{"东院门诊楼", 4, "outpatient"}, {"东院住院楼", 9, "ward"}, {"东院后勤楼", 2, "logistics"}}},
	{"南院区", "南院", []buildingWords{{"南院综合楼", 6, "ward"}, {"南院康复楼", 4, "ward"}}},
}

// departments are clinical, technical and administrative units with their campus
// (0 is the main one), kind and the class of place they live in.
var departments = []struct {
	name, kind string
	campus     int
	class      string
}{
	{"门诊部", "clinical", 0, "outpatient"}, {"急诊科", "clinical", 0, "emergency"}, {"儿科门诊", "clinical", 0, "outpatient"}, {"口腔科", "clinical", 0, "outpatient"},
	{"眼科", "clinical", 0, "outpatient"}, {"耳鼻喉科", "clinical", 0, "outpatient"}, {"皮肤科", "clinical", 0, "outpatient"}, {"中医科", "clinical", 0, "outpatient"},
	{"心内科一病区", "clinical", 0, "ward"}, {"心内科二病区", "clinical", 0, "ward"}, {"呼吸内科", "clinical", 0, "ward"}, {"消化内科", "clinical", 0, "ward"},
	{"神经内科", "clinical", 0, "ward"}, {"肾内科", "clinical", 0, "ward"}, {"内分泌科", "clinical", 0, "ward"}, {"血液科", "clinical", 0, "ward"},
	{"肿瘤科", "clinical", 0, "ward"}, {"普外科一病区", "clinical", 0, "ward"}, {"普外科二病区", "clinical", 0, "ward"}, {"骨科一病区", "clinical", 0, "ward"},
	{"骨科二病区", "clinical", 0, "ward"}, {"神经外科", "clinical", 0, "ward"}, {"心胸外科", "clinical", 0, "ward"}, {"泌尿外科", "clinical", 0, "ward"},
	{"妇科", "clinical", 0, "ward"}, {"产科", "clinical", 0, "ward"}, {"新生儿科", "clinical", 0, "ward"}, {"儿科病区", "clinical", 0, "ward"},
	{"重症医学科", "clinical", 0, "icu"}, {"手术室", "clinical", 0, "theatre"}, {"麻醉科", "clinical", 0, "theatre"}, {"血液透析中心", "clinical", 0, "medtech"},
	{"放射科", "medtech", 0, "medtech"}, {"超声科", "medtech", 0, "medtech"}, {"检验科", "medtech", 0, "medtech"}, {"病理科", "medtech", 0, "medtech"},
	{"内镜中心", "medtech", 0, "medtech"}, {"核医学科", "medtech", 0, "medtech"}, {"输血科", "medtech", 0, "medtech"}, {"药学部", "medtech", 0, "medtech"},
	{"消毒供应中心", "medtech", 0, "medtech"}, {"收费处", "admin", 0, "outpatient"}, {"住院处", "admin", 0, "office"}, {"医务处", "admin", 0, "office"},
	{"护理部", "admin", 0, "office"}, {"信息中心", "admin", 0, "office"}, {"后勤保障部", "admin", 0, "office"}, {"设备科", "admin", 0, "office"},
	{"财务处", "admin", 0, "office"}, {"病案室", "admin", 0, "office"},
	{"东院门诊部", "clinical", 1, "outpatient"}, {"东院急诊科", "clinical", 1, "outpatient"}, {"东院内科病区", "clinical", 1, "ward"}, {"东院外科病区", "clinical", 1, "ward"},
	{"东院妇产科", "clinical", 1, "ward"}, {"东院医技科", "medtech", 1, "ward"}, {"南院康复医学科", "clinical", 2, "ward"}, {"南院老年医学科", "clinical", 2, "ward"},
	{"南院安宁疗护科", "clinical", 2, "ward"}, {"南院门诊部", "clinical", 2, "ward"},
}

// teams are the crews with the starter catalogue's team names that each stands in for.
var teams = []struct {
	name    string
	members int
	pool    bool
	vendor  string
	covers  []string
}{
	{"呼叫中心", 12, false, "", []string{"呼叫中心", "投诉专员"}},
	{"信息软件组", 10, true, "", []string{"信息-软件组", "信息-需求/项目组", "信息-应急组", "信息-项目经理"}},
	{"信息硬件组", 12, true, "", []string{"信息-硬件组", "信息-库管", "信息-巡检组", "信息-值守组"}},
	{"信息网络组", 6, true, "", []string{"信息-网络组"}},
	{"打印服务组", 6, true, "锐印办公设备有限公司", []string{"打印服务商"}},
	{"水工班", 7, true, "", []string{"水工班"}},
	{"电工班", 9, true, "", []string{"电工班"}},
	{"空调班", 8, true, "", []string{"空调班"}},
	{"电梯班", 5, false, "恒升电梯维保有限公司", []string{"电梯班"}},
	{"综合维修班", 10, true, "", []string{"综合维修班", "医气班", "通信班"}},
	{"运送中心", 26, true, "安和后勤服务有限公司", []string{"运送中心"}},
	{"保洁部", 22, true, "安和后勤服务有限公司", []string{"保洁部", "医废组"}},
	{"膳食科", 5, false, "", []string{"膳食科"}},
	{"保卫科", 8, false, "", []string{"保卫科"}},
}

// rooms are the kinds of room by class of place.
var rooms = map[string][]string{
	"outpatient": {"1诊室", "2诊室", "3诊室", "4诊室", "5诊室", "分诊台", "候诊区", "自助服务区", "收费窗口", "治疗室"},
	"emergency":  {"抢救室", "预检分诊台", "留观1室", "留观2室", "清创室", "急诊药房", "护士站"},
	"ward":       {"护士站", "医生办公室", "治疗室", "处置室", "示教室", "主任办公室", "值班室", "开水间", "污洗间", "库房"},
	"medtech":    {"登记台", "1号检查室", "2号检查室", "3号检查室", "阅片室", "报告室", "标本接收窗口", "机房"},
	"office":     {"综合办公室", "会议室", "档案室", "主任办公室", "文印室"},
	"logistics":  {"值班室", "配电间", "水泵房", "库房"},
}

type assetWords struct {
	class, name string
	models      []string
	weight      int
}

var assets = []assetWords{
	{"pc", "台式电脑", []string{"联想 M455", "联想 M950t", "惠普 280 Pro", "戴尔 3000"}, 900},
	{"monitor", "显示器", []string{"AOC 24B1", "戴尔 P2422H"}, 500},
	{"printer", "激光打印机", []string{"惠普 M403d", "兄弟 5590DN", "奔图 P3305"}, 420},
	{"label_printer", "标签打印机", []string{"斑马 ZD421", "得实 DL-210"}, 220},
	{"scanner", "扫码枪", []string{"霍尼韦尔 1900", "新大陆 HR32"}, 260},
	{"mobile", "移动护理PDA", []string{"东集 CRUISE", "优博讯 i6310"}, 180},
	{"kiosk", "自助机", []string{"广电运通 H68", "南天 BST-20"}, 60},
	{"phone", "电话机", []string{"步步高 HCD213", "中诺 W528"}, 90},
	{"tv", "电视", []string{"海信 43E2"}, 110},
	{"aircon", "空调", []string{"格力 KFR-35", "美的 MDV"}, 160},
	{"bed", "病床", []string{"八乐梦 KA-5000", "威邦 三摇床"}, 100},
}

// says are the ways in which people report; %p is the place, %i the item, %s the symptom.
var says = []string{
	"%p这边%i%s,麻烦派人来看一下", "%i%s了,很急", "你好,我是%p的,我们的%i%s", "%i又%s了,上次刚修过", "%p%i%s,影响工作,尽快处理", "%s,请安排师傅过来",
	"早上开始%i就%s", "%i%s,已经重启过了还是不行", "%p的%i%s,病人在等", "麻烦看看%i,%s", "%i%s,打电话也没人接", "请师傅带工具来,%p%i%s",
}

var remedies = map[string][]string{
	"SW": {"清理缓存后重新登录,恢复正常", "后台解锁并指导重新提交", "重启服务,功能恢复", "更新客户端版本后正常", "修正配置,现场验证通过"},
	"HW": {"更换搓纸轮并清洁纸道,测试打印正常", "重新插拔内存并除尘,开机正常", "更换数据线,显示恢复", "更换硒鼓,打印测试页正常", "更换电源适配器", "重装驱动,测试正常", "送修,已换备机"},
	"NE": {"更换网线并重做水晶头", "重启接入交换机端口,恢复", "重新分配地址", "调整无线信道,信号正常"},
	"MW": {"更换阀芯,试水无渗漏", "疏通管道,排水顺畅", "更换软管", "关阀后更换三通"},
	"ME": {"更换断路器,送电正常", "更换灯管", "紧固接线端子,更换插座", "排除短路点,恢复供电"},
	"MA": {"清洗滤网,制冷正常", "疏通冷凝水管", "补充冷媒,测温正常", "更换电容"},
	"TP": {"病人已安全送达并交接", "检查完毕已送回病区"}, "TS": {"标本已送达并签收"}, "TD": {"物品已送达并签收"},
	"CL": {"已清理并消毒,地面干燥", "已完成终末消毒", "已更换并转运"},
	"*":  {"已处理,使用人验收", "现场处理完毕,恢复正常", "调整后正常", "已更换配件,测试正常", "已答复并说明"},
}

var causes = []string{"部件老化", "使用不当", "灰尘过多", "线路松动", "耗材用尽", "软件故障", "外力损坏", "原因待查", ""}

var partNames = map[string][]string{
	"HW": {"搓纸轮", "硒鼓", "电源适配器", "内存条", "鼠标", "键盘", "HDMI线"}, "NE": {"水晶头", "六类网线", "面板模块"}, "MW": {"阀芯", "软管", "角阀"},
	"ME": {"LED灯管", "断路器", "五孔插座"}, "MA": {"滤网", "电容", "温控面板"}, "MD": {"锁芯", "合页", "拉手"}, "MB": {"摇把", "脚轮"}, "MT": {"水晶头", "话机"},
}

var comments = []string{"师傅态度很好", "来得很快", "修得不错", "等的时间有点长", "还可以", "", "", "", "", "没修彻底"}

var urgeNotes = []string{"怎么还没来", "病人在等,请快一点", "请尽快", ""}
