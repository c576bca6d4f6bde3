echo "MODEL_ID=us.amazon.nova-lite-v1:0" >> "$GITHUB_ENV"
read -p "Model [us.amazon.nova-pro-v1:0]: " MODEL
