//! Units of measurement.

/// Whether a word is a unit.
pub fn is_measure(word: &str) -> bool {
    measure(word).is_some()
}

/// A unit's dimension, and its number of base units: metres, grams, seconds, months, square and cubic metres.
pub fn measure(word: &str) -> Option<(&'static str, f64)> {
    Some(match word.strip_suffix('s').filter(|word| word.len() > 2).unwrap_or(word) {
        "m" | "meter" | "metre" => ("length", 1.0),
        "km" | "kilometer" | "kilometre" => ("length", 1000.0),
        "cm" | "centimeter" | "centimetre" => ("length", 0.01),
        "mm" | "millimeter" | "millimetre" => ("length", 0.001),
        "micrometer" | "micrometre" | "micron" => ("length", 1e-6),
        "mile" => ("length", 1609.344),
        "foot" | "feet" | "ft" => ("length", 0.3048),
        "inch" | "inche" => ("length", 0.0254),
        "yard" => ("length", 0.9144),
        "g" | "gram" => ("mass", 1.0),
        "kg" | "kilo" | "kilogram" => ("mass", 1000.0),
        "ton" | "tonne" => ("mass", 1e6),
        "second" | "sec" => ("time", 1.0),
        "minute" | "min" => ("time", 60.0),
        "hour" => ("time", 3600.0),
        "day" => ("time", 86_400.0),
        "week" => ("time", 604_800.0),
        "month" => ("months", 1.0),
        "year" => ("months", 12.0),
        "decade" => ("months", 120.0),
        "century" | "centurie" => ("months", 1200.0),
        "hectare" => ("area", 10_000.0),
        "acre" => ("area", 4046.86),
        "liter" | "litre" => ("volume", 0.001),
        "gallon" => ("volume", 0.003_785),
        "knot" => ("speed", 1.852),
        "mph" => ("speed", 1.609),
        "kph" => ("speed", 1.0),
        "degree" => ("degrees", 1.0),
        "kwh" => ("energy", 1.0),
        "mwh" => ("energy", 1000.0),
        "mw" | "megawatt" => ("power", 1.0),
        "point" => ("points", 1.0),
        _ => return None,
    })
}
