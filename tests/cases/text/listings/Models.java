public enum Models {
    NOVA_LITE("us.amazon.nova-lite-v1:0", 300),
    NOVA_PRO("us.amazon.nova-pro-v1:0", 300);
    static final List<String> ALL = List.of("us.amazon.nova-lite-v1:0", "us.amazon.nova-pro-v1:0");
}
