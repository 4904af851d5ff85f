//! ITU-T G.711, both laws. Negative samples are coded by their one's complement, as in ITU-T G.191.

/// Linear sample to µ-law octet.
pub(super) fn to_mulaw(sample: i16) -> u8 {
    let magnitude = ((i32::from(if sample < 0 { !sample } else { sample }) >> 2) + 33).min(0x1fff);
    let segment = 1 + (32 - (magnitude >> 6).leading_zeros());
    let code = ((8 - segment) << 4) | (0x0f - ((magnitude as u32 >> segment) & 0x0f));
    code as u8 | if sample < 0 { 0 } else { 0x80 }
}

/// µ-law octet to linear sample.
pub(super) fn from_mulaw(code: u8) -> i16 {
    let bits = i32::from(!code);
    let exponent = bits >> 4 & 7;
    let step = 8 << exponent;
    let magnitude = (0x80 << exponent) + step * (bits & 0x0f) + step / 2 - 132;
    (if code < 0x80 { -magnitude } else { magnitude }) as i16
}

/// Linear sample to A-law octet.
pub(super) fn to_alaw(sample: i16) -> u8 {
    let magnitude = (if sample < 0 { !sample } else { sample } >> 4) as u32;
    let exponent = (32 - (magnitude >> 4).leading_zeros()).min(7);
    let code = match exponent {
        0 => magnitude,
        _ => exponent << 4 | (magnitude >> (exponent - 1)) & 0x0f,
    };
    (code as u8 | if sample < 0 { 0 } else { 0x80 }) ^ 0x55
}

/// A-law octet to linear sample.
pub(super) fn from_alaw(code: u8) -> i16 {
    let bits = i32::from(code ^ 0x55);
    let exponent = bits >> 4 & 7;
    let mantissa = bits & 0x0f | if exponent == 0 { 0 } else { 0x10 };
    let magnitude = (mantissa << 4 | 8) << (exponent - 1).max(0);
    (if bits < 0x80 { -magnitude } else { magnitude }) as i16
}
