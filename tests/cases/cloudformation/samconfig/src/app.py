import os
MODEL = os.environ["MODEL_ID"]
