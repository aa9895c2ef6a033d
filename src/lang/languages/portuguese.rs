//! Portuguese. Words that are also English are omitted, except among the names of months.

use super::{Lists, begins, holds};

#[rustfmt::skip]
pub(super) const LISTS: Lists = Lists {
    stop: &[
        "agora", "ainda", "algum", "alguma", "algumas", "alguns", "além", "antes", "ao", "aos", "apenas", "após",
        "aquela", "aquele", "aqui", "assim", "até", "bem", "cada", "com", "dela", "dele", "deles", "depois", "desde",
        "dessa", "desse", "desta", "deste", "disse", "durante", "ela", "elas", "ele", "eles", "enquanto", "entre",
        "eram", "essa", "essas", "esse", "esses", "esta", "estar", "estas", "estava", "estavam", "este", "estes",
        "está", "estão", "foi", "foram", "havia", "hoje", "isso", "isto", "já", "lhe", "lhes", "lá", "mais", "mesma",
        "mesmo", "meu", "minha", "muito", "muitos", "nas", "nem", "nenhum", "nenhuma", "nessa", "nesse", "nesta",
        "neste", "nossa", "nosso", "numa", "nunca", "não", "nós", "onde", "ou", "outra", "outras", "outro", "outros",
        "pela", "pelas", "pelo", "pelos", "pois", "por", "porque", "porém", "pouco", "quais", "qual", "quando",
        "quanto", "que", "quem", "se", "segundo", "seja", "sem", "sempre", "ser", "será", "seu", "seus", "sido",
        "sobre", "sua", "suas", "são", "também", "tem", "tendo", "ter", "teve", "tinha", "toda", "todas", "todo",
        "todos", "tudo", "tão", "têm", "umas", "uns", "vai", "você", "vocês", "é",
    ],
    months: [
        &["janeiro"],
        &["fevereiro", "fev"],
        &["março"],
        &["abril", "abr"],
        &["maio"],
        &["junho"],
        &["julho"],
        &["agosto"],
        &["setembro"],
        &["outubro"],
        &["novembro"],
        &["dezembro", "dez"],
    ],
    weekdays: [
        "segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado", "domingo",
    ],
    negations: &["não", "nunca", "jamais"],
    negations_of_nouns: &["nenhum", "nenhuma", "sem"],
    abbreviations: &["aprox", "av", "dr", "dra", "eng", "exmo", "pág", "sr", "sra", "srta", "sta", "sto"],
    before_numbers: &["cap", "pág", "págs", "s", "séc", "tel", "tít"],
    sections: &[
        "bibliografia", "conclusão", "conclusões", "introdução", "metodologia", "prefácio", "referências",
        "resultados", "resumo", "índice",
    ],
    bibliographies: &["bibliografia", "referências", "referências bibliográficas"],
    published: &["atualizado", "publicado"],
    date_words: &["atualizado", "de", "em", "h", "horas", "leitura", "publicado", "às"],
    by: Some("Por "),
    prompts: &[
        begins("leia mais", 6, "link prompt"),
        begins("leia também", 20, "link prompt"),
        begins("veja também", 20, "link prompt"),
        begins("saiba mais", 6, "link prompt"),
        begins("compartilhar", 2, "sharing prompt"),
        begins("partilhar", 2, "sharing prompt"),
        begins("comentários", 2, "comments"),
        begins("deixe um comentário", 6, "comments"),
        begins("assine", 12, "newsletter prompt"),
        begins("inscreva-se", 25, "newsletter prompt"),
        holds("utilizamos cookies", 60, "cookie notice"),
        begins("aceitar todos", 4, "cookie notice"),
        begins("publicidade", 2, "advertisement"),
        begins("todos os direitos reservados", 25, "copyright"),
        begins("voltar ao topo", 4, "navigation"),
        begins("ir para o conteúdo", 5, "navigation"),
        begins("índice", 2, "navigation"),
    ],
    ..Lists::NONE
};
