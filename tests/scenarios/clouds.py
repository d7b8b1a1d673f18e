"""What clouds that host others' models answer, to their own customers and through a relay: Azure OpenAI, Vertex AI.

wire.md is silent on them: the bodies are those of public issue threads and of the clouds' own documents, named in each
row.
"""

from __future__ import annotations

from typing import Any

from tests.scenarios.makers import FLASH, GEMINI_MODELS, because, gemini
from tests.scenarios.relays import KEY, called, checks, refused
from tests.scenarios.row import MODELS, Row
from tests.scenarios.server import Answer


def azure(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> Answer:
    """Azure's envelope; its code may be the status over again."""
    return Answer(status, {"error": {"code": code, "message": message}}, headers or {})


DENIED = ("Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for "
          "an active subscription and use a correct regional API endpoint for your resource.")  # fmt: skip
NO_DEPLOYMENT = ("The API deployment for this resource does not exist. If you created the deployment within the last 5 "
                 "minutes, please wait a moment and try again.")  # fmt: skip
TOO_MANY = ("Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-08-01-preview have "
            "exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 34 seconds. Please "
            "go here: https://aka.ms/oai/quotaincrease if you would like to further increase the default rate "
            "limit.")  # fmt: skip
PEAK = ("The system is currently experiencing high demand and cannot process your request. Your request exceeds the "
        "maximum usage size allowed during peak load. Please retry after 20 seconds.")  # fmt: skip
FILTERED = {
    "message": "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. "
               "Please modify your prompt and retry. To learn more about our content filtering policies please read "
               "our documentation: https://go.microsoft.com/fwlink/?linkid=2198766",
    "type": None, "param": "prompt", "code": "content_filter", "status": 400,
    "innererror": {"code": "ResponsibleAIPolicyViolation",
                   "content_filter_result": {"violence": {"filtered": True, "severity": "medium"}}},
}  # fmt: skip

AZURE = (
    *checks("Azure OpenAI", "SciSharp/BotSharp#386, vercel/chatbot#588", "openai", {
        "wrong key or resource": ({MODELS: azure(401, "401", DENIED)}, "bad_key", KEY),
        "wrong key or resource, as a word": ({MODELS: azure(401, "Unauthorized", DENIED)}, "bad_key", KEY),
    }),
    *checks("Azure OpenAI", "Azure-Samples/azure-sql-db-chatbot#3, continuedev/continue#12547", "openai", {
        "not from this network": (
            {MODELS: azure(403, "403", "Access denied due to Virtual Network/Firewall rules.")}, "ip_not_allowed", KEY),
        "not at this endpoint of the network": (
            {MODELS: azure(403, "403", "A Virtual Network is configured for this resource. Please use the correct "
                                       "endpoint for making requests. Check https://aka.ms/cogsvc-vnet for more "
                                       "details.")}, "ip_not_allowed", KEY),
    }),
    *checks("Azure OpenAI", "microsoft/sample-app-aoai-chatGPT#131 (Resource not found)", "openai", {
        "no such path": ({MODELS: azure(404, "404", "Resource not found")}, "wrong_path", KEY),
    }),
    *called("Azure OpenAI", "chatboxai/chatbox#861, rashadphz/farfalle#79", {
        "no such deployment": (azure(404, "DeploymentNotFound", NO_DEPLOYMENT), "model_unknown"),
    }, through="openai"),
    *called("Azure OpenAI", "langgenius/dify#12709, vanderschaarlab/climb#1; learn.microsoft.com, quotas and limits", {
        "tokens of a minute": (azure(429, "429", TOO_MANY, {"retry-after": "34"}), "rate_limited"),
    }, through="openai"),
    *called("Azure OpenAI", "pollinations/pollinations#6260 (its words)", {
        "peak load": (azure(429, "429", PEAK, {"retry-after": "20"}), "saturated"),
    }, through="openai"),
    *called("Azure OpenAI", "openai/openai-python#331, vibrantlabsai/ragas#649", {
        "prompt filtered": (Answer(400, {"error": FILTERED}), "content_refused"),
    }, through="openai"),
    *called("Azure OpenAI", "learn.microsoft.com, Azure OpenAI REST reference and content filtering", {
        "the model doesn't do that": (
            azure(400, "OperationNotSupported", "The chatCompletion operation does not work with the specified model, "
                  "text-embedding-3-small. Please choose different model and try again."), "bad_request"),
        "broken": (azure(500, "InternalServerError", "The server had an error processing your request."),
                   "upstream_fault"),
    }, through="openai"),
    *called("new-api before Azure", "the same bodies, passed on (wire.md 1C: upstream errors pass through)", {
        "the relay's key for Azure": (refused(401, DENIED, "401", "upstream_error"), "relay_key_fault"),
        "the relay's deployment": (refused(404, NO_DEPLOYMENT, "DeploymentNotFound", "upstream_error"), "no_channel"),
        "the relay's limit": (refused(429, TOO_MANY, "429", "upstream_error"), "saturated"),
        "the relay's network": (refused(403, "Access denied due to Virtual Network/Firewall rules.", "403",
                                        "upstream_error"), "relay_key_fault"),
        "prompt filtered": (refused(400, str(FILTERED["message"]), "content_filter", ""), "content_refused"),
    }),
)  # fmt: skip


def about(reason: str) -> dict[str, Any]:
    """google.rpc.ErrorInfo of Vertex AI."""
    return because(reason) | {"metadata": {"service": "aiplatform.googleapis.com"}}


NO_KEYS = ("API keys are not supported by this API. Expected OAuth2 access token or other authentication credentials "
           "that assert a principal. See https://cloud.google.com/docs/authentication")  # fmt: skip
NOT_PERMITTED = ("Permission 'aiplatform.endpoints.predict' denied on resource '//aiplatform.googleapis.com/projects/"
                 "x/locations/us-central1/publishers/google/models/gemini-pro' (or it may not exist).")  # fmt: skip
NOT_ENABLED = ("Vertex AI API has not been used in project 720070608347 before or it is disabled. Enable it by "
               "visiting https://console.developers.google.com/apis/api/aiplatform.googleapis.com/overview?project="
               "720070608347 then retry.")  # fmt: skip
NO_PROJECT = "Permission denied on resource project gen-lang-client-x."
EXHAUSTED = ("Resource exhausted. Please try again later. Please refer to https://cloud.google.com/vertex-ai/"
             "generative-ai/docs/error-code-429 for more details.")  # fmt: skip
PER_MINUTE = ("Quota exceeded for aiplatform.googleapis.com/generate_content_requests_per_minute_per_project_per_base_"
              "model with base model: gemini-pro. Please submit a quota increase request. https://cloud.google.com/"
              "vertex-ai/docs/generative-ai/quotas-genai.")  # fmt: skip
NO_MODEL = ("Publisher Model `projects/x/locations/global/publishers/google/models/gemini-9` was not found or your "
            "project does not have access to it. Please ensure you are using a valid model version.")  # fmt: skip

VERTEX = (
    *(Row("Vertex AI", fault, code, source, {GEMINI_MODELS: answer}, through="gemini", named=FLASH, rungs=KEY)
      for fault, answer, code, source in (
        ("takes a login, no key", gemini(401, NO_KEYS, "UNAUTHENTICATED", about("CREDENTIALS_MISSING")), "vertex",
         "googleapis/python-genai#1404, HisMax/RedInk#40"),
        ("not enabled", gemini(403, NOT_ENABLED, "PERMISSION_DENIED", about("SERVICE_DISABLED")), "not_permitted",
         "GoogleCloudPlatform/vertex-ai-samples#476"),
        ("another's project", gemini(403, NO_PROJECT, "PERMISSION_DENIED", about("CONSUMER_INVALID")), "not_permitted",
         "Kilo-Org/kilocode#2842"),
    )),
    *called("Vertex AI", "rhel-lightspeed/linux-mcp-server#450 (in a list), rpurinton/gemini-php#2", {
        "no role": (Answer(403, [gemini(403, NOT_PERMITTED, "PERMISSION_DENIED",
                                        about("IAM_PERMISSION_DENIED")).body]), "not_permitted"),
    }, named=FLASH, through="gemini"),
    *called("Vertex AI", "google-gemini/gemini-cli#14811, googleapis/python-genai#2001", {
        "exhausted": (gemini(429, EXHAUSTED, "RESOURCE_EXHAUSTED"), "rate_limited"),
    }, named=FLASH, through="gemini"),
    *called("Vertex AI", "langchain-ai/langchain-google#355, GoogleCloudPlatform/Open_Data_QnA#61", {
        "requests of a minute, worded as quota": (gemini(429, PER_MINUTE, "RESOURCE_EXHAUSTED"), "rate_limited"),
    }, named=FLASH, through="gemini"),
    *called("Vertex AI", "genkit-ai/genkit#4688, truefoundry/models#946", {
        "no such model": (gemini(404, NO_MODEL, "NOT_FOUND"), "model_unknown"),
    }, named=FLASH, through="gemini"),
    *called("new-api before Vertex AI", "the same bodies, passed on (wire.md 1C: upstream errors pass through)", {
        "the relay's login": (refused(401, NO_KEYS, "401", "upstream_error"), "relay_key_fault"),
        "the relay's role": (refused(403, NOT_PERMITTED, "403", "upstream_error"), "relay_key_fault"),
        "the relay's project": (refused(403, NOT_ENABLED, "PERMISSION_DENIED", "upstream_error"), "relay_key_fault"),
        "the relay's limit": (refused(429, EXHAUSTED, "429", "upstream_error"), "saturated"),
        "the relay's limit, worded as quota": (refused(429, PER_MINUTE, "RESOURCE_EXHAUSTED", "upstream_error"),
                                               "saturated"),
        "the relay's model": (refused(404, NO_MODEL, "NOT_FOUND", "upstream_error"), "model_unknown"),
    }, named=FLASH),
)  # fmt: skip

ROWS = (*AZURE, *VERTEX)
