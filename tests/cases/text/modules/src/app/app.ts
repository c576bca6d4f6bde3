import { ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import { DEEP, QUICK } from "../lib";
import * as models from "../lib/defaults";
import defaults from "../lib/defaults";
import { FAST } from "@/lib/defaults";
const legacy = require("../lib/legacy");
const { MODEL } = require("../lib/legacy");

export const exportedAgain = () => new ConverseCommand({ modelId: DEEP });
export const renamed = () => new ConverseCommand({ modelId: QUICK });
export const whole = () => new ConverseCommand({ modelId: models.DEEP });
export const byDefault = () => new ConverseCommand({ modelId: defaults.modelId });
export const aliased = () => new ConverseCommand({ modelId: FAST });
export const required = () => new ConverseCommand({ modelId: legacy.MODEL });
export const takenApart = () => new ConverseCommand({ modelId: MODEL });
