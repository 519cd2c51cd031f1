//! The labels on a receipt, by language, and how the language writes numbers and dates.

use crate::money::Exact;
use crate::receipt::{Receipt, ReceiptType};
use crate::sale::{Document, Method};
use jiff::civil::DateTime;
use jiff::fmt::temporal::Pieces;

/// All words of one language.
pub(super) struct Words {
    /// The language (BCP 47).
    pub(super) language: &'static str,
    point: char,
    /// Whether the house number stands before the street.
    pub(super) number_first: bool,
    date: &'static str,
    /// The kinds of receipt: sale, return, cancellation, correction, training, all others.
    types: [&'static str; 6],
    /// The documents that are no receipt: invoice, draft, pro forma; and what the last two are not.
    documents: [&'static str; 3],
    pub(super) not_a_receipt: &'static str,
    /// In the order of [`Method`].
    methods: [&'static str; 10],
    pub(super) tax_id: &'static str,
    pub(super) vat_number: &'static str,
    pub(super) register: &'static str,
    pub(super) cashier: &'static str,
    pub(super) refers_to: &'static str,
    pub(super) subtotal: &'static str,
    pub(super) discount: &'static str,
    pub(super) total: &'static str,
    pub(super) rounding: &'static str,
    pub(super) to_pay: &'static str,
    pub(super) change: &'static str,
    /// Head of the VAT table: VAT, without VAT, with VAT.
    pub(super) vat: &'static str,
    pub(super) net: &'static str,
    pub(super) gross: &'static str,
    /// Not subject, exempt, export, within the EU, margin, third party, voucher, reverse charge.
    exempt: [&'static str; 8],
    pub(super) duplicate: &'static str,
    pub(super) not_live: &'static str,
    pub(super) training: &'static str,
    pub(super) pending: &'static str,
    pub(super) provisional: &'static str,
    pub(super) refused: &'static str,
    /// Fiscal number, register's serial, security element's serial, transaction, signature counter.
    pub(super) fiscal: [&'static str; 5],
}

impl Words {
    /// The words for a receipt: by its service, else by the country that ends its address.
    pub(super) fn of(receipt: &Receipt) -> &'static Words {
        let country = match receipt.service.as_str() {
            "sign-fr" => "FR",
            "sign-it" => "IT",
            "sign-at" => "AT",
            "sign-es" => "ES",
            "openfiskal" => "DE",
            _ => receipt.issuer.address.last().map_or("", |line| line.trim()),
        };
        match country {
            "FR" | "France" => &FRENCH,
            "IT" | "Italy" | "Italia" => &ITALIAN,
            "AT" | "DE" | "Austria" | "Germany" | "Österreich" | "Deutschland" => &GERMAN,
            "ES" | "Spain" | "España" => &SPANISH,
            _ => &ENGLISH,
        }
    }

    /// What the document is called.
    pub(super) fn document(&self, receipt: &Receipt) -> &'static str {
        let [invoice, draft, proforma] = self.documents;
        match receipt.document {
            Document::Receipt => self.receipt_type(receipt.receipt_type),
            Document::Invoice => invoice,
            Document::Draft => draft,
            Document::Proforma => proforma,
        }
    }

    fn receipt_type(&self, receipt_type: ReceiptType) -> &'static str {
        let [sale, returned, cancelled, corrected, training, other] = self.types;
        match receipt_type {
            ReceiptType::Sale => sale,
            ReceiptType::Return => returned,
            ReceiptType::Cancel => cancelled,
            ReceiptType::Correction => corrected,
            ReceiptType::Training => training,
            _ => other,
        }
    }

    pub(super) fn method(&self, method: Method) -> &'static str {
        let [cash, card, meal_voucher, voucher, gift_card, wallet, online, transfer, on_account, other] =
            self.methods;
        match method {
            Method::Cash => cash,
            Method::Card => card,
            Method::MealVoucher => meal_voucher,
            Method::Voucher => voucher,
            Method::GiftCard => gift_card,
            Method::Wallet => wallet,
            Method::Online => online,
            Method::Transfer => transfer,
            Method::OnAccount => on_account,
            Method::Other => other,
        }
    }

    /// The words for a reason of [`crate::receipt::VatTotal::exempt`]; an unknown one stands for itself.
    pub(super) fn exempt<'a>(&self, reason: &'a str) -> &'a str {
        let [not_subject, exempt, export, intra_eu, margin, third_party, voucher, reverse_charge] =
            self.exempt;
        match reason {
            "not_subject" => not_subject,
            "exempt" => exempt,
            "export" => export,
            "intra_eu" => intra_eu,
            "margin" => margin,
            "third_party" => third_party,
            "voucher" => voucher,
            "reverse_charge" => reverse_charge,
            other => other,
        }
    }

    /// A number with the language's decimal point.
    pub(super) fn number(&self, number: Exact) -> String {
        number.to_string().replace('.', &self.point.to_string())
    }

    /// An amount with two places, or more where it has more.
    pub(super) fn money(&self, amount: Exact) -> String {
        let mut amount = amount.normalize().0;
        if amount.scale() < crate::money::CENT_PLACES {
            amount.rescale(crate::money::CENT_PLACES);
        }
        self.number(Exact(amount))
    }

    /// An RFC 3339 time as its own place's clock showed it; what is no such time stands for itself.
    pub(super) fn time(&self, time: &str) -> String {
        let local = Pieces::parse(time).ok().and_then(|pieces| {
            let civil = DateTime::from_parts(pieces.date(), pieces.time()?);
            jiff::fmt::strtime::format(self.date, civil).ok()
        });
        local.unwrap_or_else(|| time.to_owned())
    }
}

static FRENCH: Words = Words {
    language: "fr",
    point: ',',
    number_first: true,
    date: "%d/%m/%Y %H:%M:%S",
    types: ["Ticket", "Retour", "Annulation", "Rectification", "Formation", "Ticket"],
    documents: ["Facture", "Note", "Facture pro forma"],
    not_a_receipt: "DOCUMENT PROVISOIRE, NE VAUT PAS TICKET",
    methods: [
        "Espèces",
        "Carte bancaire",
        "Titre-restaurant",
        "Bon d'achat",
        "Carte cadeau",
        "Portefeuille",
        "En ligne",
        "Virement",
        "En compte",
        "Autre",
    ],
    tax_id: "SIREN",
    vat_number: "TVA",
    register: "Caisse",
    cashier: "Vendeur",
    refers_to: "Concerne",
    subtotal: "Sous-total",
    discount: "Remise",
    total: "TOTAL EUR",
    rounding: "Arrondi",
    to_pay: "À PAYER EUR",
    change: "Rendu",
    vat: "TVA",
    net: "HT",
    gross: "TTC",
    exempt: ["hors champ", "exonéré", "export", "intra-UE", "marge", "pour tiers", "bon", "autoliq."],
    duplicate: "DUPLICATA",
    not_live: "ESSAI : SANS VALEUR",
    training: "FORMATION : SANS VALEUR",
    pending: "En attente de confirmation du service fiscal",
    provisional: "Établi sans le service fiscal, à titre provisoire",
    refused: "Refusé par le service fiscal",
    fiscal: ["N° fiscal", "Série caisse", "Série TSE", "Transaction", "Signature n°"],
};

static ITALIAN: Words = Words {
    language: "it",
    point: ',',
    number_first: false,
    date: "%d/%m/%Y %H:%M:%S",
    types: ["Documento commerciale", "Reso", "Annullo", "Rettifica", "Formazione", "Documento"],
    documents: ["Fattura", "Preconto", "Fattura pro forma"],
    not_a_receipt: "DOCUMENTO PROVVISORIO, NON FISCALE",
    methods: [
        "Contanti",
        "Carta",
        "Buono pasto",
        "Buono",
        "Carta regalo",
        "Portafoglio",
        "Online",
        "Bonifico",
        "Non riscosso",
        "Altro",
    ],
    tax_id: "C.F.",
    vat_number: "P.IVA",
    register: "Cassa",
    cashier: "Cassiere",
    refers_to: "Riferimento",
    subtotal: "Subtotale",
    discount: "Sconto",
    total: "TOTALE EUR",
    rounding: "Arrotondamento",
    to_pay: "DA PAGARE EUR",
    change: "Resto",
    vat: "IVA",
    net: "Netto",
    gross: "Lordo",
    exempt: ["non sogg.", "esente", "esport.", "intra-UE", "margine", "per terzi", "buono", "inversione"],
    duplicate: "DUPLICATO",
    not_live: "PROVA: SENZA VALORE",
    training: "FORMAZIONE: SENZA VALORE",
    pending: "In attesa di conferma del servizio fiscale",
    provisional: "Emesso senza il servizio fiscale, in via provvisoria",
    refused: "Rifiutato dal servizio fiscale",
    fiscal: ["N. fiscale", "Matricola cassa", "Matricola TSE", "Transazione", "Firma n."],
};

static GERMAN: Words = Words {
    language: "de",
    point: ',',
    number_first: false,
    date: "%d.%m.%Y %H:%M:%S",
    types: ["Beleg", "Rückgabe", "Storno", "Berichtigung", "Schulung", "Beleg"],
    documents: ["Rechnung", "Zwischenrechnung", "Proforma-Rechnung"],
    not_a_receipt: "KEIN BELEG, NUR ZUR INFORMATION",
    methods: [
        "Bar",
        "Karte",
        "Essensgutschein",
        "Gutschein",
        "Geschenkkarte",
        "Wallet",
        "Online",
        "Überweisung",
        "Auf Rechnung",
        "Sonstiges",
    ],
    tax_id: "St.-Nr.",
    vat_number: "USt-IdNr.",
    register: "Kasse",
    cashier: "Bedient von",
    refers_to: "Bezug",
    subtotal: "Zwischensumme",
    discount: "Rabatt",
    total: "SUMME EUR",
    rounding: "Rundung",
    to_pay: "ZU ZAHLEN EUR",
    change: "Rückgeld",
    vat: "USt",
    net: "Netto",
    gross: "Brutto",
    exempt: [
        "nicht stb.",
        "steuerfrei",
        "Ausfuhr",
        "innergem.",
        "Differenz",
        "für Dritte",
        "Gutschein",
        "Übergang",
    ],
    duplicate: "DUPLIKAT",
    not_live: "TEST: KEIN GÜLTIGER BELEG",
    training: "SCHULUNG: KEIN GÜLTIGER BELEG",
    pending: "Bestätigung des Fiskaldienstes steht aus",
    provisional: "Ohne den Fiskaldienst vorläufig ausgestellt",
    refused: "Vom Fiskaldienst abgelehnt",
    fiscal: ["Fiskalnummer", "Seriennr. Kasse", "Seriennr. TSE", "Transaktion", "Signaturzähler"],
};

static SPANISH: Words = Words {
    language: "es",
    point: ',',
    number_first: false,
    date: "%d/%m/%Y %H:%M:%S",
    types: ["Factura simplificada", "Devolución", "Anulación", "Rectificación", "Formación", "Documento"],
    documents: ["Factura", "Nota", "Factura pro forma"],
    not_a_receipt: "DOCUMENTO PROVISIONAL, SIN VALIDEZ FISCAL",
    methods: [
        "Efectivo",
        "Tarjeta",
        "Vale comida",
        "Vale",
        "Tarjeta regalo",
        "Monedero",
        "En línea",
        "Transferencia",
        "A cuenta",
        "Otro",
    ],
    tax_id: "NIF",
    vat_number: "NIF-IVA",
    register: "Caja",
    cashier: "Atendido por",
    refers_to: "Referencia",
    subtotal: "Subtotal",
    discount: "Descuento",
    total: "TOTAL EUR",
    rounding: "Redondeo",
    to_pay: "A PAGAR EUR",
    change: "Cambio",
    vat: "IVA",
    net: "Base",
    gross: "Total",
    exempt: ["no sujeto", "exento", "export.", "intra-UE", "margen", "terceros", "vale", "inversión"],
    duplicate: "DUPLICADO",
    not_live: "PRUEBA: SIN VALOR",
    training: "FORMACIÓN: SIN VALOR",
    pending: "Pendiente de confirmación del servicio fiscal",
    provisional: "Emitido sin el servicio fiscal, de forma provisional",
    refused: "Rechazado por el servicio fiscal",
    fiscal: ["N.º fiscal", "Serie caja", "Serie TSE", "Transacción", "Firma n.º"],
};

static ENGLISH: Words = Words {
    language: "en",
    point: '.',
    number_first: true,
    date: "%Y-%m-%d %H:%M:%S",
    types: ["Receipt", "Return", "Cancellation", "Correction", "Training", "Receipt"],
    documents: ["Invoice", "Draft", "Pro forma invoice"],
    not_a_receipt: "NOT A RECEIPT",
    methods: [
        "Cash",
        "Card",
        "Meal voucher",
        "Voucher",
        "Gift card",
        "Wallet",
        "Online",
        "Bank transfer",
        "On account",
        "Other",
    ],
    tax_id: "Tax no.",
    vat_number: "VAT no.",
    register: "Register",
    cashier: "Served by",
    refers_to: "Refers to",
    subtotal: "Subtotal",
    discount: "Discount",
    total: "TOTAL EUR",
    rounding: "Rounding",
    to_pay: "TO PAY EUR",
    change: "Change",
    vat: "VAT",
    net: "Net",
    gross: "Gross",
    exempt: ["no VAT", "exempt", "export", "intra-EU", "margin", "for others", "voucher", "reverse"],
    duplicate: "DUPLICATE",
    not_live: "TEST: NOT VALID",
    training: "TRAINING: NOT VALID",
    pending: "Not yet confirmed by the fiscal service",
    provisional: "Issued without the fiscal service, provisionally",
    refused: "Refused by the fiscal service",
    fiscal: ["Fiscal no.", "Register serial", "TSE serial", "Transaction", "Signature no."],
};
