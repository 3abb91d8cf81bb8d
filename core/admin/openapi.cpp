#include "core/admin/openapi.h"

#include <string>

namespace sentix::core {
namespace {

// Several literals, because a compiler need not take one this long (C++20 [implimits]).
constexpr std::string_view kPaths = R"json({
"openapi":"3.1.0",
"info":{"title":"sentix","version":"1","description":"The HTTP API for backends, on the admin listener."},
"security":[{},{"token":[]}],
"paths":{
"/health":{"get":{"summary":"Whether the process can answer at all.","responses":{"200":{"description":"It can."}}}},
"/ready":{"get":{"summary":"Whether new clients are welcome.","responses":{
  "200":{"description":"They are."},"503":{"$ref":"#/components/responses/Error"}}}},
"/metrics":{"get":{"summary":"Metrics in Prometheus's text format.","responses":{
  "200":{"description":"The metrics.","content":{"text/plain":{}}}}}},
"/api/publish":{"post":{"summary":"Publish one value to one channel, whatever its publish rights.",
  "requestBody":{"required":true,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Publication"}}}},
  "responses":{"200":{"description":"Published.","content":{"application/json":{
    "schema":{"$ref":"#/components/schemas/Position"}}}},"4XX":{"$ref":"#/components/responses/Error"}}}},
"/api/publish_batch":{"post":{"summary":"Publish several, in their order; all are checked before the first.",
  "requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object",
    "required":["publications"],"properties":{"publications":{"type":"array",
      "items":{"$ref":"#/components/schemas/Publication"}}}}}}},
  "responses":{"200":{"$ref":"#/components/responses/Results"},"4XX":{"$ref":"#/components/responses/Error"}}}},
"/api/broadcast":{"post":{"summary":"Publish one value to several channels.",
  "requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object",
    "required":["channels","data"],"properties":{"data":{},
      "channels":{"type":"array","maxItems":1000,"items":{"$ref":"#/components/schemas/Channel"}}}}}}},
  "responses":{"200":{"$ref":"#/components/responses/Results"},"4XX":{"$ref":"#/components/responses/Error"}}}},
"/api/disconnect":{"post":{"summary":"Close one connection of this node, or all of a user on all nodes.",
  "requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object","properties":{
    "user":{"type":"string"},"connection":{"$ref":"#/components/schemas/Connection"},
    "code":{"type":"integer","default":4003},"reason":{"type":"string"}}}}}},
  "responses":{"200":{"description":"How many were told to go.","content":{"application/json":{"schema":{
    "type":"object","properties":{"disconnected":{"type":"integer","description":"Of this node."},
      "nodes":{"type":"integer","description":"That know it, this one included; where there are several."}}}}}},
    "4XX":{"$ref":"#/components/responses/Error"},"504":{"$ref":"#/components/responses/Error"}}}},
)json";

constexpr std::string_view kLists = R"json(
"/api/channels":{"get":{"summary":"The channels that exist, by name.",
  "parameters":[{"name":"prefix","in":"query","schema":{"type":"string"}},{"$ref":"#/components/parameters/after"},
    {"$ref":"#/components/parameters/limit"}],
  "responses":{"200":{"description":"A page of them; `next` is the `after` of the next one.","content":{
    "application/json":{"schema":{"type":"object","properties":{"next":{"type":"string"},"channels":{"type":"array",
      "items":{"type":"object","properties":{"channel":{"$ref":"#/components/schemas/Channel"},
        "clients":{"type":"integer"}}}}}}}}},"4XX":{"$ref":"#/components/responses/Error"}}}},
"/api/members":{"get":{"summary":"Who is on a channel with presence.",
  "parameters":[{"name":"channel","in":"query","required":true,"schema":{"$ref":"#/components/schemas/Channel"}},
    {"$ref":"#/components/parameters/limit"}],
  "responses":{"200":{"description":"The first of them, and how many there are.","content":{"application/json":{
    "schema":{"type":"object","properties":{"channel":{"type":"string"},"count":{"type":"integer"},
      "members":{"type":"array","items":{"type":"object","properties":{
        "user":{"type":"string"},"info":{},"connections":{"type":"integer"}}}}}}}}},
    "4XX":{"$ref":"#/components/responses/Error"}}}},
)json";

constexpr std::string_view kWatching = R"json(
"/api/tap":{"get":{"summary":"What the subscribers of a channel get, as it goes by.",
  "parameters":[{"name":"channel","in":"query","required":true,"schema":{"$ref":"#/components/schemas/Channel"}}],
  "responses":{"200":{"content":{"text/event-stream":{}},
    "description":"Server-Sent Events: `message` is what a subscriber gets, `dropped` how many were left out."},
    "4XX":{"$ref":"#/components/responses/Error"}}}},
"/api/connections":{"get":{"summary":"The clients that are connected, by id.",
  "parameters":[{"name":"search","in":"query","schema":{"type":"string"},
      "description":"In the id, the address or the user's name."},
    {"name":"after","in":"query","schema":{"$ref":"#/components/schemas/Connection"}},
    {"$ref":"#/components/parameters/limit"}],
  "responses":{"200":{"description":"A page of them, which may be short; `next` is the `after` of the next one.",
    "content":{"application/json":{"schema":{"type":"object","properties":{
      "next":{"$ref":"#/components/schemas/Connection"},
      "connections":{"type":"array","items":{"$ref":"#/components/schemas/Client"}}}}}}},
    "4XX":{"$ref":"#/components/responses/Error"},"504":{"$ref":"#/components/responses/Error"}}}},
"/api/connection":{"get":{"summary":"One of them, with what it listens to.",
  "parameters":[{"name":"id","in":"query","required":true,"schema":{"$ref":"#/components/schemas/Connection"}}],
  "responses":{"200":{"description":"The client.","content":{"application/json":{"schema":{
    "allOf":[{"$ref":"#/components/schemas/Client"},{"type":"object","properties":{
      "quiet_seconds":{"type":"integer"},
      "read_from":{"type":"boolean","description":"False: back-pressure, or a rate."},
      "tls":{"type":"boolean"},"compressed":{"type":"boolean"},"info":{},
      "expires_at":{"type":"string","format":"date-time"},"rate_class":{"type":"string"},
      "subscriptions":{"type":"array","maxItems":1000,"items":{"$ref":"#/components/schemas/Channel"}}}}]}}}},
    "4XX":{"$ref":"#/components/responses/Error"},"504":{"$ref":"#/components/responses/Error"}}}},
"/api/closes":{"get":{"summary":"Why connections ended or were refused, the last ones first.",
  "parameters":[{"name":"connection","in":"query","schema":{"type":"string"}},
    {"name":"user","in":"query","schema":{"type":"string"}},{"name":"address","in":"query","schema":{"type":"string"}},
    {"$ref":"#/components/parameters/limit"}],
  "responses":{"200":{"description":"Those that match all that was given.","content":{"application/json":{
    "schema":{"type":"object","properties":{"closes":{"type":"array","items":{"type":"object","properties":{
      "connection":{"type":"string"},"address":{"type":"string"},"user":{"type":"string"},
      "at":{"type":"string","format":"date-time"},"reason":{"type":"string"},"message":{"type":"string"},
      "code":{"type":"integer"},"setting":{"type":"string"},"limit":{"type":"string"}}}}}}}}},
    "4XX":{"$ref":"#/components/responses/Error"}}}},
)json";

constexpr std::string_view kNode = R"json(
"/api/info":{"get":{"summary":"What this node is and how much it has to do.","responses":{
  "200":{"description":"The node.","content":{"application/json":{"schema":{"type":"object","properties":{
    "version":{"type":"string"},"started_at":{"type":"string","format":"date-time"},
    "uptime_seconds":{"type":"integer"},"ready":{"type":"boolean"},"workers":{"type":"integer"},
    "clients":{"type":"integer"},"channels":{"type":"integer"},
    "read_only":{"type":"boolean","description":"Whether the token that was shown is admin_read_token."}}}}}}}}},
"/api/nodes":{"get":{"operationId":"list_nodes","summary":"The nodes that Redis joins, as GET /nodes tells clients.",
  "responses":{"200":{"description":"All of them, this one included; none where this server is alone.","content":{
    "application/json":{"schema":{"type":"object","properties":{
      "self":{"type":"string","description":"The id of this node."},
      "age_ms":{"type":"integer","description":"How old what is said of the others is."},
      "stale":{"type":"boolean","description":"Redis is not there, and others may be gone."},
      "nodes":{"type":"array","items":{"$ref":"#/components/schemas/Node"}}}}}}}}}},
"/api/stats":{"get":{"summary":"The numbers of this moment and totals since the start, summed over the workers.",
  "responses":{"200":{"description":"Totals and histograms grow; clock_ms tells how much time lies between two.",
    "content":{"application/json":{"schema":{"type":"object","properties":{
      "clock_ms":{"type":"integer"},"ready":{"type":"boolean"},"clients":{"type":"integer"},
      "clients_max":{"type":"integer"},"channels":{"type":"integer"},"resident_bytes":{"type":"integer"},
      "cpu_ms":{"type":"integer"},"mailbox_bytes":{"type":"integer"},
      "totals":{"type":"object","additionalProperties":{"type":"integer"}},
      "ended":{"type":"object","additionalProperties":{"type":"integer"},"description":"Connections, by reason."},
      "bounds_us":{"type":"array","items":{"type":"integer"}},
      "handshake":{"$ref":"#/components/schemas/Histogram"},"delivery":{"$ref":"#/components/schemas/Histogram"},
      "loop_lag":{"$ref":"#/components/schemas/Histogram"}}}}}}}}},
"/api/settings":{"get":{"summary":"The settings in force, and where each came from.","responses":{
  "200":{"description":"Values as in sentix.toml; secrets have none.","content":{"application/json":{"schema":{
    "type":"object","properties":{"settings":{"type":"array","items":{"type":"object","properties":{
      "key":{"type":"string"},"group":{"type":"string"},"value":{"type":"string"},"source":{"type":"string"},
      "help":{"type":"string"},"live":{"type":"boolean","description":"Whether SIGHUP brings a change into force."},
      "secret":{"type":"boolean"}}}}}}}}},"404":{"$ref":"#/components/responses/Error"}}}},
"/api/openapi.json":{"get":{"summary":"This description.","responses":{"200":{"description":"OpenAPI 3.1."}}}}
},
"components":{
"securitySchemes":{"token":{"type":"http","scheme":"bearer",
  "description":"admin_token; or admin_read_token, which changes nothing. Not needed on the server's own machine."}},
"parameters":{
  "after":{"name":"after","in":"query","schema":{"type":"string"},"description":"Names that come after this one."},
  "limit":{"name":"limit","in":"query","schema":{"type":"integer","minimum":1,"maximum":1000,"default":100}}},
"responses":{
  "Error":{"description":"It was refused.","content":{"application/json":{
    "schema":{"$ref":"#/components/schemas/Error"}}}},
  "Results":{"description":"For each in its order, what /api/publish would have answered.","content":{
    "application/json":{"schema":{"type":"object","properties":{"results":{"type":"array","items":{"anyOf":[
      {"$ref":"#/components/schemas/Position"},{"$ref":"#/components/schemas/Error"}]}}}}}}}},
"schemas":{
  "Channel":{"type":"string","pattern":"^[A-Za-z0-9_=@,.;:/#-]{1,200}$"},
  "Connection":{"type":"string","pattern":"^c[0-9a-f]{16}$"},
  "Client":{"type":"object","properties":{
    "connection":{"$ref":"#/components/schemas/Connection"},"address":{"type":"string"},"user":{"type":"string"},
    "channels":{"type":"integer"},"connected_seconds":{"type":"integer"},"waiting_bytes":{"type":"integer"}}},
  "Node":{"type":"object","properties":{
    "id":{"type":"string"},"url":{"type":"string","description":"Missing: clients are not told to come there."},
    "healthy":{"type":"boolean"},"state":{"enum":["up","draining"]},"connections":{"type":"integer"},
    "load":{"type":"number","description":"0 to 1, of its workers' time."},"version":{"type":"string"},
    "started_at":{"type":"string","format":"date-time"}}},
  "Histogram":{"type":"object","description":"How many lay up to each bound and above the one before, and above all.",
    "properties":{"sum_us":{"type":"integer"},"counts":{"type":"array","items":{"type":"integer"}}}},
  "Publication":{"type":"object","required":["channel","data"],"properties":{
    "channel":{"$ref":"#/components/schemas/Channel"},"data":{"description":"Any JSON value; it arrives as written."},
    "key":{"type":"string","minLength":1,"maxLength":64,"description":"Makes a repetition harmless."}}},
  "Position":{"type":"object","description":"Where it was kept; empty where there is no history.","properties":{
    "offset":{"type":"integer"},"epoch":{"type":"string"},
    "local":{"type":"boolean","description":"Only subscribers on this node got it: Redis is not there."}}},
  "Error":{"type":"object","required":["code","message"],"properties":{
    "code":{"type":"string"},"message":{"type":"string"}}}}
}
})json";

}  // namespace

std::string_view openapi_description() {
  static const std::string text = std::string(kPaths).append(kLists).append(kWatching).append(kNode);
  return text;
}

void answer_openapi(AdminContext&, const AdminRequest&, const AdminReply& reply) {
  reply({.body = std::string(openapi_description())});
}

}  // namespace sentix::core
