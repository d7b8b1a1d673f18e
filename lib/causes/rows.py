"""Every cause there is, as data: its state, whose move it is, and what to say and to do about it.

Those that no rule names are found by the engine itself. States are those of contract.md (Words).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lib.i18n import N_
from lib.vocabulary import ErrorState, WhoseMove


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something is as it is. `message` and `remedy` are message ids with {parameters}.

    `ambiguous`: the server says the same for several causes; a free endpoint may still tell them apart.
    """

    code: str
    state: ErrorState
    whose_move: WhoseMove
    message: str
    remedy: str
    ambiguous: bool = False


CONSOLE_PERMIT = N_("Allow it for this key in the console the key came from, or use a key that may.")
PROVE_IT = N_("Prove it with one small paid call.")
TEST_AGAIN = N_("Test again.")
TRY_LATER = N_("Try again later; if it stays, tell the provider, with the request id.")
STAGE_NAMES = {
    "dns": N_("the look-up of the name (DNS)"),
    "connect": N_("the connection"),
    "proxy": N_("the proxy's way on"),
    "tls": N_("the secure connection (TLS)"),
    "first_byte": N_("the first byte of the answer"),
}
"""What a request waits for at each stage."""
CHOOSE_LINE = N_("Try again, or choose another line.")
CHOOSE_MODEL = N_("Choose another model.")
GO_OVER = N_("Send it all the same (on the command line with --over-budget), raise the budget in Settings, or wait "
             "until it begins anew.")  # fmt: skip
TELL_RELAY = N_("Tell the relay, with the request id, or choose another model.")
TOP_UP = N_("Top up the key in the console it came from, then test again.")
SEND_AGAIN = N_("Send it again if you like.")
LOOK_FIRST = N_("Look in the relay's log before you send it again.")
CHECK_ADDRESS = N_("Check the base URL: it is the API's address, not a web page's.")

ROWS = (
    # works, or nobody knows yet
    Cause("works", "usable", "nobody", N_("A real call has succeeded."), N_("Use it.")),
    Cause("works_but_errs", "usable", "nobody", N_("It answered, but {question} was not {expected}."),
          N_("Use it; small models err. Don't rely on what it calculates.")),
    Cause("should_work", "usable", "nobody",
          N_("Key, quota and permission have passed; no real call has proved it yet."),
          N_("Use it, or prove it with one small paid call.")),
    Cause("not_tested", "untested", "you", N_("Nothing is known yet."), N_("Run the free test.")),
    Cause("no_free_endpoint", "untested", "you", N_("There is no free way to test this rung: {step}."),
          PROVE_IT),
    Cause("no_smallest_call", "untested", "you",
          N_("This works on a file of yours: no small call can be made up for it."),
          N_("Make a real call on its page.")),
    Cause("let_in", "untested", "you",
          N_("Reached, not proven: key, permission and channel let an incomplete request in; nothing was made."),
          N_("Use it, or prove it with one small paid call.")),
    Cause("taken", "untested", "you",
          N_("An incomplete request was taken all the same: something may have been made and billed."), LOOK_FIRST),
    Cause("last_seen", "untested", "you", N_("Last seen: {state}. That is too long ago to count."), PROVE_IT),
    Cause("unknown_code", "untested", "nobody", N_("Unknown answer: {code}."),
          N_("Read the server's own words; ask the provider what they mean.")),
    Cause("unknown_answer", "untested", "nobody", N_("Unknown answer with HTTP status {status}."), TEST_AGAIN),
    Cause("no_such_endpoint", "untested", "nobody", N_("This address doesn't offer that information."),
          N_("Nothing to do; it shows with the first real call.")),
    Cause("management_refused", "untested", "relay", N_("The relay doesn't show that to this key."),
          N_("Look it up in the relay's console.")),
    Cause("rationed", "untested", "nobody",
          N_("The relay allows so many of these requests only; it may be asked again at {again_at}."),
          N_("Test again then, or prove it with one small paid call.")),
    Cause("not_shown", "untested", "you",
          N_("The key is accepted, but may not read this; it may still do what it is for."), PROVE_IT),
    Cause("unsupported", "unsupported", "nobody", N_("Relayscope doesn't speak what this needs: {protocol}."),
          N_("Use another program for this API.")),
    Cause("protocol_unknown", "unsupported", "nobody", N_("Relayscope doesn't speak the protocol {protocol} yet."),
          N_("Use another connection for it.")),
    Cause("never_unpaid", "unsupported", "nobody",
          N_("Nothing shows that an incomplete request is refused unpaid here: {capability}, {protocol}."),
          PROVE_IT),
    Cause("wrong_dialect", "unsupported", "you", N_("This relay doesn't serve {model} by the protocol {protocol}."),
          N_("Choose another protocol under Parameters, the one the relay documents for this model.")),
    Cause("vertex", "unsupported", "nobody", N_("Google's Vertex AI takes Google's login here, not a key."),
          N_("Use the API of the model's maker, or a relay.")),
    Cause("cannot_call_yet", "unsupported", "nobody", N_("Relayscope can't make calls for this yet: {capability}."),
          N_("Use another program for this API.")),
    # not set up
    Cause("no_connection", "not_configured", "you", N_("There is no connection for {provider}."),
          N_("Get a key for it and add a connection.")),
    Cause("no_relay_connection", "not_configured", "you", N_("There is no connection for {provider}."),
          N_("Only relays offer it: get a key for it from yours and add a connection.")),
    Cause("no_key", "not_configured", "you", N_("This connection has no key."),
          N_("Save the connection with its key.")),
    Cause("key_address", "not_configured", "you", N_("The key was saved for another address than {address}."),
          N_("Enter the key again for this address, if you trust it.")),
    Cause("key_malformed", "not_configured", "you", N_("What {variable} holds can't be a key."),
          N_("Correct the variable, or remove it.")),
    # the key
    Cause("bad_key", "bad_key", "you", N_("The server doesn't know this key."),
          N_("Copy the key again from the console it came from.")),
    Cause("key_refused_ambiguous", "bad_key", "you",
          N_("The key is refused: it may be wrong, disabled, expired or used up."),
          N_("Look up the key in the console it came from: is it the same, enabled, not expired, with quota left?"),
          ambiguous=True),
    Cause("key_refused_rationed", "bad_key", "you",
          N_("The key is refused: it may be wrong, disabled, expired or used up. The relay tells which to so many "
             "requests only; it may be asked again at {again_at}."),
          N_("Test again then, or look the key up in the console it came from.")),
    Cause("key_not_sent", "bad_key", "you", N_("The server saw no key."), N_("Save the connection with its key.")),
    Cause("key_disabled", "bad_key", "you", N_("This key is disabled."),
          N_("Enable the key in the console it came from, then test again.")),
    Cause("account_banned", "bad_key", "you", N_("The account of this key is banned."),
          N_("Ask the relay why, or use a key of another account.")),
    Cause("account_refused", "bad_key", "you",
          N_("The relay doesn't take this access token: it may be wrong, or another was made since."),
          N_("Make a new system access token in the relay's personal settings, and save it here.")),
    Cause("account_number", "bad_key", "you",
          N_("The user number is missing, or isn't that of the access token."),
          N_("Copy your number (ID) from the relay's personal settings.")),
    Cause("ip_not_allowed", "bad_key", "you", N_("This key may not be used from your IP address."),
          N_("Add your IP address to the key's list in the console it came from.")),
    Cause("key_expired", "expired_key", "you", N_("This key has expired."),
          N_("Renew the key in the console it came from, then test again.")),
    # quota
    Cause("quota_empty", "quota_exhausted", "you", N_("No quota is left for this key."), TOP_UP),
    Cause("key_quota_exhausted", "quota_exhausted", "you",
          N_("This key's own quota is used up, or too small for the call."), TOP_UP),
    Cause("account_quota_exhausted", "quota_exhausted", "you",
          N_("The account's balance is used up, or too small for the call."),
          N_("Top up the account, then test again.")),
    # permission
    Cause("not_in_key_list", "no_permission", "you", N_("The key's own model list doesn't have {model}."),
          CONSOLE_PERMIT),
    Cause("no_model_for", "no_permission", "you", N_("None of its models is for {capability}."),
          N_("Name other models, or change what the connection is for.")),
    Cause("model_not_allowed", "no_permission", "you", N_("This key may not use {model}."), CONSOLE_PERMIT),
    Cause("no_models_allowed", "no_permission", "you", N_("This key may not use any model."),
          N_("Allow models for this key in the console it came from.")),
    Cause("group_not_allowed", "no_permission", "you", N_("{model} is not for the group {group}."),
          N_("Use a key of a group that has it.")),
    Cause("group_refused", "no_permission", "you", N_("This key's group may not be used, or no longer exists."),
          N_("Choose another group for this key in the console it came from.")),
    Cause("not_permitted", "no_permission", "you", N_("This key may not do that."), CONSOLE_PERMIT),
    # what is served
    Cause("no_channel", "not_offered", "relay",
          N_("The relay lists {model}, but has no channel for it in this key's group."),
          N_("Choose another model or group, or tell the relay.")),
    Cause("model_unknown", "not_offered", "you", N_("The server doesn't know {model}."),
          N_("Choose a model from the key's own list.")),
    Cause("retired", "not_offered", "nobody",
          N_("{provider} itself no longer serves {model}, since {day}; a relay may still do."),
          N_("Choose another model, or a relay that still serves it.")),
    Cause("gone", "not_offered", "nobody", N_("This API is no longer offered here."), CHOOSE_MODEL),
    Cause("not_implemented", "not_offered", "relay", N_("The relay has not built this API."),
          N_("Use another connection for it.")),
    # too much just now
    Cause("rate_limited", "rate_limited", "nobody", N_("Too many requests just now."),
          N_("Wait a minute, then try again.")),
    Cause("saturated", "rate_limited", "upstream", N_("The upstream is saturated just now."),
          N_("Try again in a few minutes, or choose another model.")),
    # the place
    Cause("region_blocked", "region_blocked", "you", N_("The provider doesn't serve the place you call from."),
          N_("Use a relay that is served, or a connection from another place.")),
    Cause("relay_region_blocked", "region_blocked", "relay",
          N_("The upstream doesn't serve the place the relay calls from; your own place doesn't matter."), TELL_RELAY),
    Cause("firewall", "region_blocked", "you",
          N_("A firewall before the server turns away requests from your network."),
          N_("Choose another line, or try without VPN or proxy; if it stays, tell the provider.")),
    # the other side is broken
    Cause("upstream_fault", "upstream_fault", "upstream", N_("The server failed to answer."), TRY_LATER),
    Cause("relay_fault", "upstream_fault", "relay", N_("The relay could not get an answer from its upstream."),
          TRY_LATER),
    Cause("relay_key_fault", "upstream_fault", "relay",
          N_("The relay's own upstream key is refused; yours is not to blame."), TELL_RELAY),
    Cause("relay_quota_fault", "upstream_fault", "relay",
          N_("The relay's own upstream account has no quota left; yours is not to blame."), TELL_RELAY),
    Cause("no_price", "upstream_fault", "relay", N_("The relay has set no price for {model}, so it refuses it."),
          TELL_RELAY),
    Cause("unreadable", "upstream_fault", "upstream", N_("The answer could not be read."), TRY_LATER),
    Cause("empty_answer", "upstream_fault", "upstream", N_("The answer is empty."), TRY_LATER),
    Cause("too_large", "upstream_fault", "upstream", N_("The answer is larger than any of this kind."), CHECK_ADDRESS),
    # the address
    Cause("html_page", "wrong_address", "you", N_("A web page answers there, not an API."),
          N_("Check the base URL: it is the API's address, not a web page's. Is it the login page of the network you "
             "are in? Then log in there.")),
    Cause("captive_portal", "wrong_address", "you", N_("The network you are in wants you to log in first."),
          N_("Log in to the network, then test again.")),
    Cause("wrong_path", "wrong_address", "you", N_("There is no such path at this address."),
          N_("Check the base URL: it ends before /v1.")),
    Cause("redirected", "wrong_address", "you", N_("The address sends requests on to {target}."),
          N_("Enter the address it sends to, if you trust it.")),
    # the line
    Cause("line_dns", "unreachable", "you", N_("The name of this address is not known."),
          N_("Check the base URL and your DNS, or choose another line.")),
    Cause("line_connect", "unreachable", "you", N_("Nothing accepts connections at this address."),
          N_("Check the base URL and your network, or choose another line.")),
    Cause("line_tls", "unreachable", "you", N_("The connection was made, but no secure one (TLS): it was broken off."),
          N_("Check the proxy and the base URL, or choose another line.")),
    Cause("line_certificate", "unreachable", "you", N_("No secure connection (TLS): the certificate isn't accepted."),
          N_("Check the clock, the proxy and the base URL, or choose another line.")),
    Cause("line_proxy", "unreachable", "you",
          N_("The proxy {proxy} doesn't let the request through to this address; its answer: {answer}."),
          N_("Check the proxy's settings, and whether its own way out works.")),
    Cause("line_proxy_gone", "unreachable", "you", N_("The proxy {proxy} can't be reached."),
          N_("Start the proxy, or change it in Settings or in the environment.")),
    Cause("line_proxy_login", "unreachable", "you", N_("The proxy {proxy} wants a user name and a password."),
          N_("Enter them in Settings, or in the environment's proxy.")),
    Cause("line_proxy_kind", "unreachable", "you",
          N_("The environment names a proxy of a kind that can't be used here, such as SOCKS."),
          N_("Name an HTTP proxy in Settings: the programs that offer SOCKS mostly offer HTTP too.")),
    Cause("line_timeout", "unreachable", "nobody", N_("No answer came in time. Waited for: {stage}."), CHOOSE_LINE),
    Cause("line_closed", "unreachable", "nobody", N_("The connection was closed before an answer came."), CHOOSE_LINE),
    # one call alone
    Cause("wrong_capability", "wrong_capability", "you",
          N_("The key of {connection} is for {allowed}, not for {capability}. Nothing was sent."),
          N_("Choose a connection that is for it, or change what this one is for.")),
    Cause("budget_exceeded", "budget_exceeded", "you",
          N_("This call may cost {quoted}; of the budget of {budget} for {of}, {used} are used. Nothing was sent."),
          GO_OVER),
    Cause("budget_price_unknown", "budget_exceeded", "you",
          N_("Nobody knows what this call costs, and the budget of {budget} for {of} stops. Nothing was sent."),
          N_("Set a price for the model, let the budget pass calls of unknown price, or send it all the same (on the "
             "command line with --over-budget).")),
    Cause("budget_no_rate", "budget_exceeded", "you",
          N_("Whether this call ({quoted}) stays within the budget of {budget} for {of} can't be told: a rate is "
             "missing. Nothing was sent."),
          N_("Set the rate in Settings, or send it all the same (on the command line with --over-budget).")),
    Cause("wrong_model", "wrong_capability", "you",
          N_("{connection} is set to use {models} only, not {model}. Nothing was sent."),
          N_("Choose one of its models, or add this one to the connection.")),
    Cause("model_makes_other", "wrong_capability", "you",
          N_("{model} is for {makes}, not for {capability}. Nothing was sent."), CHOOSE_MODEL),
    Cause("no_model_known", "bad_request", "you",
          N_("No model for {capability} is known for {connection}. Nothing was sent."), N_("Name a model.")),
    Cause("empty_prompt", "bad_request", "you", N_("The prompt is empty. Nothing was sent."), N_("Write a prompt.")),
    Cause("needs_input", "bad_request", "you", N_("This works on a file, and none was given. Nothing was sent."),
          N_("Add the file it is to work on.")),
    Cause("needs_mask", "bad_request", "you", N_("This needs a mask of what may change. Nothing was sent."),
          N_("Add a mask: a PNG of the same size, transparent where it may change.")),
    Cause("takes_no_mask", "bad_request", "you",
          N_("The protocol {protocol} takes no mask here ({operation}). Nothing was sent."),
          N_("Leave the mask out, or use a model that takes one.")),
    Cause("too_many_inputs", "bad_request", "you", N_("At most {most} files may be given here. Nothing was sent."),
          N_("Take some of them away.")),
    Cause("needs_param", "bad_request", "you", N_("The parameter {name} is missing. Nothing was sent."),
          N_("Set it, and try again.")),
    Cause("not_in_protocol", "unsupported", "nobody",
          N_("The protocol {protocol} can't do this: {capability}, {operation}."),
          N_("Use another connection for it.")),
    # work that finishes later
    Cause("task_failed", "upstream_fault", "upstream", N_("The server accepted the job, and it failed there."),
          N_("Read the server's own words; try again or change the prompt.")),
    Cause("task_lost", "upstream_fault", "upstream",
          N_("The server no longer knows this job; it may have been billed."), LOOK_FIRST),
    Cause("not_fetched", "interrupted", "upstream", N_("It was made, but the file could not be fetched."),
          N_("Fetch it again; it is not made a second time.")),
    Cause("bad_request", "bad_request", "you", N_("The server doesn't accept the request as it is."),
          N_("Read the server's own words and change the parameters.")),
    Cause("content_refused", "content_refused", "you", N_("The prompt or the result was filtered."),
          N_("Word the prompt differently.")),
    Cause("prompt_refused", "content_refused", "you", N_("The prompt was blocked, so nothing was made."),
          N_("Word the prompt differently.")),
    Cause("interrupted", "interrupted", "nobody", N_("The answer broke off."), N_("Keep what came, or send it again.")),
    Cause("server_gone", "interrupted", "nobody", N_("Relayscope ended while the answer was coming."),
          N_("Keep what came, or send it again.")),
    Cause("own_fault", "interrupted", "nobody", N_("Relayscope itself broke while the answer was coming."),
          N_("Keep what came, or send it again; the server's own output says where it broke.")),
    Cause("cancelled", "cancelled", "nobody", N_("You stopped it."), SEND_AGAIN),
    Cause("cancelled_there", "cancelled", "nobody",
          N_("You stopped it; the server had accepted it, and may bill it all the same."), LOOK_FIRST),
    Cause("never_sent", "cancelled", "nobody", N_("Relayscope ended before this was sent. It cost nothing."),
          SEND_AGAIN),
    Cause("no_room", "bad_request", "you", N_("The model used up its tokens before it wrote a word."),
          N_("Allow more tokens (max_tokens), or make it think less.")),
    Cause("no_answer", "interrupted", "nobody",
          N_("No answer came in time; it may have been made and billed all the same."), LOOK_FIRST),
    Cause("possibly_billed", "upstream_fault", "nobody",
          N_("A gateway gave up waiting; the answer may have been made and billed all the same."), LOOK_FIRST),
)

CAUSES: Mapping[str, Cause] = {cause.code: cause for cause in ROWS}
"""Every cause by its code."""

STEP_NAMES: Mapping[str, str] = {
    "line": N_("line"),
    "key": N_("key"),
    "quota": N_("quota"),
    "permission": N_("permission"),
    "call": N_("real call"),
    "unpaid": N_("unpaid request"),
}
"""The rungs' names."""

STATE_NAMES: Mapping[str, str] = {
    "usable": N_("Works"),
    "rate_limited": N_("Rate limited"),
    "untested": N_("Untested"),
    "quota_exhausted": N_("Out of quota"),
    "no_permission": N_("No permission"),
    "not_offered": N_("Not offered"),
    "region_blocked": N_("Region blocked"),
    "expired_key": N_("Key expired"),
    "bad_key": N_("Key refused"),
    "upstream_fault": N_("Provider fault"),
    "wrong_address": N_("Wrong address"),
    "unreachable": N_("Line down"),
    "unsupported": N_("Not supported"),
    "not_configured": N_("Not set up"),
}
"""The states' names (look.md)."""

CAPABILITY_NAMES: Mapping[str, str] = {
    "text": N_("text"),
    "image": N_("images"),
    "image_edit": N_("image processing"),
    "video": N_("video"),
    "speech": N_("speech"),
    "transcription": N_("transcription"),
    "music": N_("music"),
    "embedding": N_("embeddings"),
    "translation": N_("translation"),
}
"""The capabilities' names as they stand within a sentence."""
