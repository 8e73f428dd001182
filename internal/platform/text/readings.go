package text

import (
	"slices"
	"strings"
	"sync"

	"github.com/mozillazg/go-pinyin"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/unicode/norm"
)

// polyphones lists the everyday characters that are read in more than one way
// today, most usual reading first. The dictionary also lists readings of
// ancient texts (呼 has five); taking all of them would multiply the keys of
// every name, so for the 3,755 commonest characters this list is the whole
// truth, and those not in it have one reading.
const polyphones = `
阿 a e|艾 ai yi|扒 ba pa|耙 ba pa|柏 bai bo|膀 bang pang|磅 bang pang|蚌 bang beng|剥 bao bo|薄 bao bo|堡 bao bu pu
辟 pi bi|臂 bi bei|扁 bian pian|便 bian pian|泊 bo po|伯 bo bai|卜 bu bo|参 can shen cen|藏 cang zang|曾 zeng ceng
差 cha chai ci|查 cha zha|颤 chan zhan|长 chang zhang|朝 chao zhao|车 che ju|称 cheng chen|澄 cheng deng
乘 cheng sheng|匙 chi shi|臭 chou xiu|仇 chou qiu|畜 chu xu|传 chuan zhuan|幢 zhuang chuang|椎 zhui chui
绰 chuo chao|伺 ci si|大 da dai|单 dan shan chan|弹 dan tan|得 de dei|的 de di|地 di de|翟 zhai di|调 diao tiao
都 du dou|度 du duo|囤 tun dun|恶 e wu|番 fan pan|佛 fo fu|否 fou pi|脯 fu pu|盖 gai ge|镐 gao hao|蛤 ha ge
给 gei ji|贾 jia gu|炔 que|还 hai huan|行 xing hang|和 he huo hu|核 he hu|貉 he hao|虹 hong jiang|会 hui kuai
豁 huo hua|系 xi ji|稽 ji qi|奇 qi ji|祭 ji zhai|夹 jia ga|茄 qie jia|见 jian xian|降 jiang xiang|强 qiang jiang
嚼 jiao jue|角 jiao jue|校 xiao jiao|觉 jue jiao|解 jie xie|劲 jin jing|颈 jing geng|桔 ju jie|咀 ju zui
圈 quan juan|咖 ka ga|卡 ka qia|咯 ka ge luo|槛 kan jian|壳 ke qiao|咳 ke hai|溃 kui hui|烙 lao luo|落 luo la lao
络 luo lao|勒 le lei|乐 le yue|棱 leng ling|俩 lia liang|了 le liao|六 liu lu|陆 lu liu|碌 lu liu|露 lu lou
率 lv shuai|绿 lv lu|纶 lun guan|埋 mai man|脉 mai mo|蔓 man wan|氓 mang meng|没 mei mo|糜 mi mei|秘 mi bi
泌 mi bi|模 mo mu|抹 mo ma|牟 mou mu|那 na nei|娜 na nuo|呢 ne ni|尿 niao sui|弄 nong long|疟 nve nue yao
虐 nve nue|略 lve lue|掠 lve lue|哦 o e|刨 pao bao|炮 pao bao|朴 pu piao po|屏 ping bing|埔 pu bu|曝 pu bao
亲 qin qing|区 qu ou|塞 sai se|色 se shai|莎 sha suo|刹 sha cha|厦 sha xia|杉 shan sha|什 shi shen|省 sheng xing
盛 sheng cheng|石 shi dan|识 shi zhi|氏 shi zhi|似 si shi|熟 shu shou|属 shu zhu|数 shu shuo|说 shuo shui
宿 su xiu|提 ti di|褪 tui tun|拓 tuo ta|尾 wei yi|尉 wei yu|蔚 wei yu|涡 wo guo|吓 xia he|铣 xi xian|纤 xian qian
巷 xiang hang|削 xue xiao|血 xue xie|吁 xu yu|咽 yan ye|殷 yin yan|遗 yi wei|员 yuan yun|钥 yao yue|攒 zan cuan
仔 zi zai|择 ze zhai|扎 zha za|轧 zha ya|栅 zha shan|粘 zhan nian|爪 zhao zhua|着 zhe zhao zhuo|折 zhe she
掺 chan|傀 kui|肋 lei|潦 liao lao|咋 za zha|帧 zhen|藉 ji jie|召 zhao shao|种 zhong chong|重 zhong chong|著 zhu zhuo|琢 zhuo zuo|柞 zuo zha|辗 zhan|噶 ga|蜡 la
`

// phrases fixes the reading of polyphones inside words that cannot be parted
// differently. A phrase that may also arise at the seam of two other words
// (会计 in 开会计划) does not belong here.
const phrases = `
重庆 chong qing|重症 zhong zheng|重点 zhong dian|重物 zhong wu|重量 zhong liang|重复 chong fu|重装 chong zhuang
重启 chong qi|重置 chong zhi|重建 chong jian|重做 chong zuo|重新 chong xin|体重 ti zhong|称重 cheng zhong|起重 qi zhong
载重 zai zhong|长沙 chang sha|长春 chang chun|长安 chang an|长江 chang jiang|长城 chang cheng|长度 chang du
长期 chang qi|院长 yuan zhang|科长 ke zhang|处长 chu zhang|部长 bu zhang|组长 zu zhang|班长 ban zhang|队长 dui zhang
校长 xiao zhang|局长 ju zhang|店长 dian zhang|护士长 hu shi zhang|主任 zhu ren|延长线 yan chang xian|行政 xing zheng
银行 yin hang|走行 zou xing|运行 yun xing|执行 zhi xing|自行车 zi xing che|空调 kong tiao|调度 diao du|调剂 tiao ji
调节 tiao jie|调试 tiao shi|调整 tiao zheng|调音 tiao yin|调光 tiao guang|调取 diao qu|调阅 diao yue|血液 xue ye
血库 xue ku|血压 xue ya|血糖 xue tang|血透 xue tou|血管 xue guan|血气 xue qi|血常规 xue chang gui|采血 cai xue
输血 shu xue|抽血 chou xue|用血 yong xue|取血 qu xue|送血 song xue|出血 chu xue|止血 zhi xue|贫血 pin xue|献血 xian xue
血站 xue zhan|传染 chuan ran|传真 chuan zhen|传感 chuan gan|传呼 chuan hu|传输 chuan shu|传送 chuan song
宣传 xuan chuan|上传 shang chuan|大夫 dai fu|大厦 da sha|厦门 xia men|大厅 da ting|大楼 da lou|大门 da men
大小便 da xiao bian|大便 da bian|便器 bian qi|便盆 bian pen|便池 bian chi|便携 bian xie|方便 fang bian|给药 gei yao
给氧 gei yang|给水 ji shui|供给 gong ji|补给 bu ji|单元 dan yuan|单位 dan wei|单据 dan ju|单间 dan jian|单人 dan ren
床单 chuang dan|被单 bei dan|清单 qing dan|工单 gong dan|派单 pai dan|订单 ding dan|弹簧 tan huang|弹力 tan li
弹性 tan xing|地下 di xia|地面 di mian|地址 di zhi|地漏 di lou|地板 di ban|地砖 di zhuan|场地 chang di|心率 xin lv
频率 pin lv|功率 gong lv|参数 can shu|人参 ren shen|党参 dang shen|参观 can guan|数据 shu ju|数字 shu zi
数量 shu liang|数码 shu ma|角膜 jiao mo|角落 jiao luo|解剖 jie pou|咽喉 yan hou|咽部 yan bu|鼻咽 bi yan|吞咽 tun yan
咳嗽 ke sou|咳痰 ke tan|恶性 e xing|恶心 e xin|堵塞 du se|阻塞 zu se|栓塞 shuan se|瓶塞 ping sai|耳塞 er sai
宿舍 su she|识别 shi bie|知识 zhi shi|标识 biao shi|提示 ti shi|提取 ti qu|石膏 shi gao|石材 shi cai|结石 jie shi
系统 xi tong|系列 xi lie|屏幕 ping mu|屏风 ping feng|显示屏 xian shi ping|屏蔽 ping bi|模块 mo kuai|模式 mo shi
模具 mu ju|模板 mu ban|核磁 he ci|核医学 he yi xue|核酸 he suan|核对 he dui|审核 shen he|折叠 zhe die|骨折 gu zhe
转折 zhuan zhe|脱落 tuo luo|掉落 diao luo|落地 luo di|网络 wang luo|联络 lian luo|脉搏 mai bo|静脉 jing mai
动脉 dong mai|尿液 niao ye|尿检 niao jian|泌尿 mi niao|排尿 pai niao|导尿 dao niao|分泌 fen mi|秘书 mi shu
车床 che chuang|推车 tui che|平车 ping che|电车 dian che|叉车 cha che|停车 ting che|车库 che ku|车辆 che liang
车位 che wei|救护车 jiu hu che|治疗车 zhi liao che|抢救车 qiang jiu che|送餐车 song can che|病历车 bing li che
颈椎 jing zhui|腰椎 yao zhui|胸椎 xiong zhui|脊椎 ji zhui|钥匙 yao shi|着火 zhao huo|粘贴 zhan tie|扎带 zha dai
绿化 lv hua|绿色 lv se|颜色 yan se|彩色 cai se|色带 se dai|露天 lu tian|还原 huan yuan|归还 gui huan|还车 huan che
差错 cha cuo|出差 chu chai|误差 wu cha|卡住 ka zhu|门禁卡 men jin ka|读卡 du ka|卡片 ka pian|就诊卡 jiu zhen ka
壳体 ke ti|外壳 wai ke|查房 cha fang|检查 jian cha|巡查 xun cha|查询 cha xun|都江堰 du jiang yan|成都 cheng du
首都 shou du|曾都 zeng du|六安 lu an|乐山 le shan|乐器 yue qi|音乐 yin yue|大连 da lian|番禺 pan yu
`

// readings is the parsed form of the two lists above; it is built at first use
// and never changed.
var readings = sync.OnceValue(func() *readingTables {
	t := &readingTables{chars: map[rune][]string{}, phrases: map[string][]string{}}
	for line := range strings.FieldsFuncSeq(polyphones, listBreak) {
		f := strings.Fields(line)
		t.chars[[]rune(f[0])[0]] = f[1:]
	}
	for line := range strings.FieldsFuncSeq(phrases, listBreak) {
		f := strings.Fields(line)
		t.phrases[f[0]] = f[1:]
		t.longest = max(t.longest, len(f)-1)
	}
	return t
})

type readingTables struct {
	chars   map[rune][]string
	phrases map[string][]string
	longest int // characters in the longest phrase
}

func listBreak(r rune) bool { return r == '|' || r == '\n' }

// maxReadings bounds the readings taken for a rare character, whose dictionary
// entry may list many.
const maxReadings = 3

// of returns the toneless readings of r, most usual first, with v for ü; none
// if r is no Chinese character.
func (t *readingTables) of(r rune) []string {
	if own, ok := t.chars[r]; ok {
		return own
	}
	entry, ok := pinyin.PinyinDict[int(r)]
	if !ok {
		return nil
	}
	var out []string
	for p := range strings.SplitSeq(entry, ",") {
		p = toneless(p)
		if p == "" || slices.Contains(out, p) {
			continue
		}
		out = append(out, p)
		if len(out) == maxReadings || everyday(r) {
			break
		}
	}
	return out
}

// phraseAt returns the reading of the longest listed phrase at the start of
// rs, or nil.
func (t *readingTables) phraseAt(rs []rune) []string {
	for n := min(t.longest, len(rs)); n >= 2; n-- {
		if p, ok := t.phrases[string(rs[:n])]; ok {
			return p
		}
	}
	return nil
}

// toneless strips the tone from a syllable: "lǜ" becomes "lv".
func toneless(p string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(p) {
		switch {
		case r == '\u0308': // diaeresis: the u before it is an ü
			s := strings.TrimSuffix(b.String(), "u")
			b.Reset()
			b.WriteString(s)
			b.WriteByte('v')
		case r >= 'a' && r <= 'z':
			b.WriteRune(r)
		}
	}
	return b.String()
}

// everyday reports whether r is one of the 3,755 characters of the first level
// of GB 2312, the ones polyphones speaks for.
func everyday(r rune) bool {
	gb, err := simplifiedchinese.GBK.NewEncoder().String(string(r))
	return err == nil && len(gb) == 2 && gb[0] >= 0xB0 && gb[0] <= 0xD7 && gb[1] >= 0xA1
}
