package com.example;

class Models {
    static final String FAST = "us.amazon.nova-micro-v1:0"; // bedrock
}
