use std::str::FromStr;

pub const DEFAULT_MODEL: &str = "amazon.nova-lite-v1:0";

pub fn is_claude(model: &str) -> bool {
    model.starts_with("anthropic.claude-3-haiku-20240307-v1:0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_model() {
        let model_id = "amazon.nova-pro-v1:0";
        assert_eq!(ModelId::from_str(model_id).unwrap().to_string(), model_id);
    }
}
