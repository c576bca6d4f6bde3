from .models import CHAT as CHAT_MODEL
from .models import *
