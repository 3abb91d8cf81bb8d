#include "tools/sentix/settings_table.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include "auth/rate_limit.h"
#include "protocol/header_fields.h"

namespace sentix::tools {

namespace {

template <auto... Members>
constexpr auto server = bind<&Settings::server, Members...>;
template <auto Member>
constexpr auto policy = bind<&Settings::server, &core::Options::policy, Member>;
template <auto Member>
constexpr auto request = bind<&Settings::server, &core::Options::request, Member>;

template <auto Member>
constexpr auto admin = bind<&Settings::server, &core::Options::admin, Member>;

using Row = Setting<Settings>;
using core::AdminOptions;
using core::Options;
using protocol::RequestLimits;

constexpr std::uint64_t kHourMs = 3'600'000;
constexpr std::uint64_t kMebibyte = 1 << 20;
constexpr std::uint64_t kGibibyte = 1 << 30;

constexpr std::array kListening{
    Row{.key = "host",
        .shape = {Kind::text, 1},
        .binding = server<&Options::host>,
        .help = "The address to listen on: an IPv4 or IPv6 address, a host name, or unix:/path for a Unix socket. "
                "0.0.0.0 and :: are every address of the machine."},
    Row{.key = "port",
        .shape = {Kind::number, 0, 65535},
        .binding = server<&Options::port>,
        .help = "The port to listen on. 0 takes a free one and prints it."},
    Row{.key = "workers",
        .shape = {Kind::number, 0, core::kWorkersMax},
        .binding = server<&Options::workers>,
        .help = "Threads, each with connections of its own. 0 is one for each processor."},
    Row{.key = "reuse_port",
        .shape = {Kind::boolean},
        .binding = server<&Options::reuse_port>,
        .help = "Start although another process listens on the port with SO_REUSEPORT: for a planned hand-over."},
    Row{.key = "handover",
        .shape = {Kind::text},
        .binding = bind<&Settings::handover>,
        .help = "A path at which this process hands its listening sockets to the next one that is started with it, and "
                "then closes its clients as on SIGTERM: a restart that refuses nobody. host and port are those of the "
                "first then. Not for a service manager that holds the sockets.",
        .example = "\"/run/sentix/handover\""},
    Row{.key = "page",
        .shape = {.kind = Kind::choice, .choices = "chat none"},
        .binding = bind<&Settings::page>,
        .help = "What a browser gets at /: the chat page, or none. By default the chat on a loopback address, none "
                "elsewhere.",
        .example = "\"chat\"",
        .live = true},
    Row{.key = "origins",
        .shape = {Kind::list},
        .binding = server<&Options::origins>,
        .help = "Web sites whose pages may connect, as https://example.com or https://*.example.com, which is every "
                "host below it. By default any; clients that are no browsers are not affected.",
        .example = "[\"https://example.com\"]",
        .live = true},
    Row{.key = "enabled",
        .shape = {Kind::boolean},
        .binding = bind<&Settings::enabled>,
        .help = "False: say so and exit with status 0, so that a supervisor does not start it again."},
};

constexpr std::array kTls{
    Row{.key = "ssl",
        .shape = {Kind::boolean},
        .binding = bind<&Settings::ssl>,
        .help = "Whether to speak TLS. By default where both paths are set, or certificates listed. False: not even "
                "then.",
        .example = "false",
        .flag = "--tls"},
    Row{.key = "ssl_cert_path",
        .shape = {Kind::text},
        .binding = bind<&Settings::ssl_cert_path>,
        .help = "The certificate, a PEM file, with those of its issuers behind it. It is read again on SIGHUP, and "
                "when the file or what a link leads to changes.",
        .example = "\"/etc/ssl/example.com.pem\"",
        .flag = "--tls-cert",
        .also = "WEBSOCKET_SSL_CERT",
        .live = true},
    Row{.key = "ssl_key_path",
        .shape = {Kind::text},
        .binding = bind<&Settings::ssl_key_path>,
        .help = "The certificate's private key, a PEM file without a passphrase.",
        .example = "\"/etc/ssl/private/example.com.pem\"",
        .flag = "--tls-key",
        .also = "WEBSOCKET_SSL_KEY",
        .live = true},
};

constexpr std::array kClientCertificates{
    Row{.key = "tls.client_certs",
        .shape = {.kind = Kind::choice, .choices = "off optional required"},
        .binding = bind<&Settings::client_certs>,
        .help = "Whether clients are asked for a certificate. Its common name is the user's name then, as if the "
                "client had authenticated. One that is shown must be good; required: without one no client comes in.",
        .live = true},
    Row{.key = "tls.client_ca",
        .shape = {Kind::text},
        .binding = server<&Options::tls, &core::TlsOptions::client_ca>,
        .help = "The authorities whose client certificates are good, a PEM file.",
        .example = "\"/etc/ssl/clients.pem\"",
        .live = true},
};

constexpr std::array kAddresses{
    Row{.key = "allow",
        .shape = {Kind::list},
        .binding = server<&Options::allow>,
        .help = "Who may connect: addresses and networks in CIDR form, IPv4 and IPv6. By default everybody. Others are "
                "closed at once, without a word; clients of trusted proxies get 403.",
        .example = "[\"192.0.2.0/24\", \"2001:db8::/32\"]",
        .live = true},
    Row{.key = "deny",
        .shape = {Kind::list},
        .binding = server<&Options::deny>,
        .help = "Who may not. Of all networks of allow and deny that an address lies in, the most specific decides; of "
                "one that is in both, deny.",
        .example = "[\"192.0.2.66\"]",
        .live = true},
    Row{.key = "trusted_proxies",
        .shape = {Kind::list},
        .binding = server<&Options::trusted_proxies>,
        .help =
            "The proxies that are believed for whom they connect, as addresses and networks; unix is whoever comes by "
            "the Unix socket. The client's own address is then in logs, limits and allow and deny.",
        .example = "[\"127.0.0.1\", \"::1\"]",
        .live = true},
    Row{.key = "proxy_protocol",
        .shape = {.kind = Kind::choice, .choices = "off v1v2"},
        .binding = bind<&Settings::proxy_protocol>,
        .help = "v1v2: every connection of a trusted proxy begins with a header of the PROXY protocol, version 1 or 2, "
                "before TLS; one without it is closed.",
        .live = true},
    Row{.key = "forwarded_header",
        .shape = {.kind = Kind::choice, .choices = "x-forwarded-for forwarded none"},
        .binding = bind<&Settings::forwarded_header>,
        .help =
            "The header in which trusted proxies write who asks. The other one is what a client has sent, and means "
            "nothing.",
        .live = true},
};

constexpr std::array kCounts{
    Row{.key = "max_clients",
        .shape = {Kind::number},
        .binding = server<&Options::max_clients>,
        .help = "Connected clients at one time, over all workers. More are refused with 503. 0 is no limit.",
        .live = true},
    Row{.key = "max_clients_per_address",
        .shape = {Kind::number},
        .binding = server<&Options::max_clients_per_address>,
        .help =
            "Connected clients from one address; those of one /64 of IPv6 count together, because one customer has at "
            "least that. More are refused with 429. 0 is no limit.",
        .live = true},
    Row{.key = "max_handshakes",
        .shape = {Kind::number, 1},
        .binding = server<&Options::max_handshakes>,
        .help = "Connections that have not finished their handshake. The oldest goes when there are more.",
        .live = true},
    Row{.key = "max_resident_bytes",
        .shape = {Kind::bytes},
        .binding = server<&Options::max_resident_bytes>,
        .help = "Memory that the process may have (its resident set) before new clients are refused with 503; they are "
                "welcome again when it is below by a sixteenth. Clients that are there stay. 0 is no limit.",
        .live = true},
    Row{.key = "max_channels",
        .shape = {Kind::number, 1},
        .binding = server<&Options::channels_max>,
        .help = "Channels that exist at one time. Subscribing to another is answered limit_exceeded.",
        .live = true},
    Row{.key = "max_subscriptions",
        .shape = {Kind::number, 1},
        .binding = policy<&channels::Policy::subscriptions_max>,
        .help = "Channels that one client may listen to. Another is answered limit_exceeded.",
        .live = true},
    Row{.key = "max_headers",
        .shape = {Kind::number, 8, protocol::HeaderFields::kCapacity},
        .binding = request<&RequestLimits::headers_max>,
        .help = "Header fields of one request. More are refused with 431.",
        .live = true},
};

constexpr std::array kSizes{
    Row{.key = "max_message_bytes",
        .shape = {Kind::bytes, 1, kGibibyte},
        .binding = server<&Options::max_message_bytes>,
        .help = "One message, over all its fragments. A larger one closes its client with 1009.",
        .live = true},
    Row{.key = "outbox_soft_bytes",
        .shape = {Kind::bytes, 1},
        .binding = server<&Options::outbox_soft_bytes>,
        .help = "What may wait for one client before the server stops reading from it.",
        .live = true},
    Row{.key = "outbox_hard_bytes",
        .shape = {Kind::bytes, 1},
        .binding = server<&Options::outbox_hard_bytes>,
        .help = "What may wait for one client before publications close it with 4101, too slow a reader. At least "
                "twice max_message_bytes; the default rises with that.",
        .live = true},
    Row{.key = "mailbox_bytes",
        .shape = {Kind::bytes, 1},
        .binding = server<&Options::mailbox_bytes>,
        .help = "What may wait for one worker before the server stops reading from those who publish to it.",
        .live = true},
    Row{.key = "max_history_bytes",
        .shape = {Kind::bytes, 1},
        .binding = server<&Options::history_bytes_max>,
        .help = "What the histories of all channels may take in memory together. Above it a channel that publishes "
                "lets go of its own oldest publications, down to none."},
    Row{.key = "storage_bytes",
        .shape = {Kind::bytes, 1},
        .binding = server<&Options::storage_bytes>,
        .help = "What may wait to be stored before the server stops reading from those who publish it."},
    Row{.key = "max_request_line_bytes",
        .shape = {Kind::bytes, 64, kMebibyte},
        .binding = request<&RequestLimits::request_line_bytes_max>,
        .help = "The first line of a request. A longer one is refused.",
        .live = true},
    Row{.key = "max_header_line_bytes",
        .shape = {Kind::bytes, 64, kMebibyte},
        .binding = request<&RequestLimits::header_line_bytes_max>,
        .help = "One header line of a request. A longer one is refused with 431.",
        .live = true},
    Row{.key = "max_head_bytes",
        .shape = {Kind::bytes, 256, kMebibyte},
        .binding = request<&RequestLimits::head_bytes_max>,
        .help = "The whole head of a request. A longer one is refused with 431.",
        .live = true},
};

constexpr std::array kTimes{
    Row{.key = "ping_interval",
        .shape = {Kind::duration},
        .binding = server<&Options::ping_interval>,
        .help = "How long a client may be silent before it is pinged. 0 is never.",
        .live = true},
    Row{.key = "pong_timeout",
        .shape = {Kind::duration, 1},
        .binding = server<&Options::pong_timeout>,
        .help = "How long a pinged client may stay silent. Then it is closed with 4201.",
        .live = true},
    Row{.key = "handshake_timeout",
        .shape = {Kind::duration, 1},
        .binding = server<&Options::handshake_timeout>,
        .help = "How long a client may take to send its request. Then it gets 408.",
        .live = true},
    Row{.key = "close_timeout",
        .shape = {Kind::duration, 1},
        .binding = server<&Options::close_timeout>,
        .help = "How long a client may take for its part of closing.",
        .live = true},
    Row{.key = "stall_timeout",
        .shape = {Kind::duration, 1},
        .binding = server<&Options::stall_timeout>,
        .help = "How long a client may take nothing of what waits for it.",
        .live = true},
    Row{.key = "drain_window",
        .shape = {Kind::duration},
        .binding = server<&Options::drain_window>,
        .help = "The time over which a stopping server spreads the closing of its clients, with 4200, so that they do "
                "not all come back at once.",
        .live = true},
};

constexpr std::array kLogging{
    Row{.key = "log_channel",
        .shape = {.kind = Kind::choice, .choices = "stderr single daily syslog"},
        .binding = bind<&Settings::log_channel>,
        .help = "Where the log goes: stderr, single (one file), daily (a file each day) or syslog."},
    Row{.key = "log_format",
        .shape = {.kind = Kind::choice, .choices = "text json"},
        .binding = bind<&Settings::log_format>,
        .help = "Whether a line is a sentence, or a JSON object with the sentence and its parts: why a connection "
                "ended or was refused, with which code, and the setting and limit that were met."},
    Row{.key = "log_level",
        .shape = {.kind = Kind::choice, .choices = "debug info warning error"},
        .binding = bind<&Settings::log_level>,
        .help = "The least that is logged. debug is what happens to each connection."},
    Row{.key = "log_repeats",
        .shape = {Kind::number},
        .binding = bind<&Settings::log_repeats>,
        .help = "Lines of one reason in 10 seconds. More are counted, and one line tells how many there were. Lines of "
                "the level debug are not counted. 0 is no limit."},
    Row{.key = "log_path",
        .shape = {Kind::text, 1},
        .binding = bind<&Settings::log_path>,
        .help =
            "The file of the channels single and daily; daily puts the date before the extension. Its folder is made "
            "where it is missing."},
    Row{.key = "log_max_bytes",
        .shape = {Kind::bytes},
        .binding = bind<&Settings::log_max_bytes>,
        .help = "When a file, that of the channel single or the error log, would grow beyond this, it is put aside as "
                "websocket.log.1, and a new one begins. 0 is never: where logrotate does it."},
    Row{.key = "log_files",
        .shape = {Kind::number, 0, 1000},
        .binding = bind<&Settings::log_files>,
        .help = "How many files that were put aside are kept."},
    Row{.key = "log_days",
        .shape = {Kind::number, 0, 10'000},
        .binding = bind<&Settings::log_days>,
        .help = "How many files of the channel daily are kept. 0 keeps all."},
    Row{.key = "error_log",
        .shape = {Kind::text},
        .binding = bind<&Settings::error_log>,
        .help = "A file to which errors go as well.",
        .example = "\"storage/logs/websocket-error.log\""},
    Row{.key = "debug",
        .shape = {Kind::boolean},
        .binding = server<&Options::debug>,
        .help = "Log what happens to each connection, as log_level debug does. Never what it says."},
};

constexpr std::array kAdmin{
    Row{.key = "admin",
        .shape = {Kind::text, 1},
        .binding = bind<&Settings::admin>,
        .help = "Where health, metrics and the HTTP API answer, as HOST:PORT, or off. Where the default is taken the "
                "server warns and runs without; an address that was given and is taken stops the start."},
    Row{.key = "admin_token",
        .shape = {Kind::text},
        .binding = admin<&AdminOptions::token>,
        .help = "The bearer token of the admin listener. Whoever is not on this machine, or comes through a proxy, has "
                "to show it; without one they are refused.",
        .example = "\"a long random text\"",
        .secret = true},
    Row{.key = "admin_read_token",
        .shape = {Kind::text},
        .binding = admin<&AdminOptions::read_token>,
        .help = "Another bearer token of the admin listener, for those who may look and change nothing: what is asked "
                "for by POST is refused.",
        .example = "\"another long random text\"",
        .secret = true},
    Row{.key = "admin_hosts",
        .shape = {Kind::list},
        .binding = admin<&AdminOptions::hosts>,
        .help = "Names by which the admin listener is asked, besides localhost and addresses: a Host header with "
                "another is refused, because a page in a browser may have brought it about.",
        .example = "[\"sentix.internal\"]"},
    Row{.key = "admin_body_bytes",
        .shape = {Kind::bytes, 1, kGibibyte},
        .binding = admin<&AdminOptions::body_bytes_max>,
        .help = "The body of one request to the admin listener. A larger one is refused with 413."},
    Row{.key = "admin_connections",
        .shape = {Kind::number, 1, 10'000},
        .binding = admin<&AdminOptions::connections_max>,
        .help = "Connections to the admin listener at one time. When there are more, the one that has waited longest "
                "for a request makes way."},
    Row{.key = "admin_taps",
        .shape = {Kind::number, 0, 1000},
        .binding = admin<&AdminOptions::taps_max>,
        .help = "Channels that are tapped by the admin listener at one time. More are refused with 429."},
    Row{.key = "admin_tap_bytes",
        .shape = {Kind::bytes, 1, kGibibyte},
        .binding = admin<&AdminOptions::tap_bytes_max>,
        .help = "What waits for whoever taps a channel. What is published on top is left out, and told by its number."},
    Row{.key = "admin_timeout",
        .shape = {Kind::duration, 1},
        .binding = admin<&AdminOptions::request_timeout>,
        .help = "How long a request to the admin listener may take to arrive, then it gets 408; and how long its "
                "answer may take to be received."},
};

constexpr std::array kKept{
    Row{.key = "data_dir",
        .shape = {Kind::text},
        .binding = server<&Options::data_dir>,
        .help = "The folder in which persistent channels are stored. Each with its durability: memory only when the "
                "server stops in order, written and synced before a publication is acknowledged. One server has it.",
        .example = "\"/var/lib/sentix\""},
    Row{.key = "redis_url",
        .shape = {Kind::text},
        .binding = server<&Options::redis, &core::RedisOptions::url>,
        .help =
            "The Redis (7 or later) that joins several servers: redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE], "
            "rediss:// for TLS, redis+unix:///PATH, or redis+sentinel://HOST[:PORT],.../MASTER. Histories, members and "
            "limits are then those of all of them together.",
        .example = "\"redis://127.0.0.1:6379\"",
        .flag = "--redis",
        .secret = true},
    Row{.key = "redis_sentinel_user",
        .shape = {Kind::text},
        .binding = server<&Options::redis, &core::RedisOptions::sentinel_user>,
        .help = "With redis+sentinel://: the user (ACL) to be to Sentinels, with redis_sentinel_password. The user and "
                "password of the URL are for the master alone.",
        .example = "\"sentix\""},
    Row{.key = "redis_sentinel_password",
        .shape = {Kind::text},
        .binding = server<&Options::redis, &core::RedisOptions::sentinel_password>,
        .help = "With redis+sentinel://: the password that Sentinels ask for; without redis_sentinel_user that of "
                "requirepass.",
        .example = "\"change-me\"",
        .secret = true},
    Row{.key = "redis_ca",
        .shape = {Kind::text},
        .binding = server<&Options::redis, &core::RedisOptions::tls, &core::TlsClientOptions::ca>,
        .help = "With rediss://: a PEM file with the authorities whose certificate Redis must show, for the host in "
                "the URL. By default those of the system. It is read with each connection.",
        .example = "\"/etc/sentix/redis-ca.pem\""},
    Row{.key = "redis_cert",
        .shape = {Kind::text},
        .binding = server<&Options::redis, &core::RedisOptions::tls, &core::TlsClientOptions::certificate,
                          &core::CertificateFiles::chain>,
        .help = "With rediss://: the certificate to show to a Redis that asks for one (tls-auth-clients), a PEM file "
                "with those of its issuers behind it; and redis_key.",
        .example = "\"/etc/sentix/redis.pem\""},
    Row{.key = "redis_key",
        .shape = {Kind::text},
        .binding = server<&Options::redis, &core::RedisOptions::tls, &core::TlsClientOptions::certificate,
                          &core::CertificateFiles::key>,
        .help = "The private key of redis_cert, a PEM file without a passphrase.",
        .example = "\"/etc/sentix/redis.key\""},
};

constexpr std::array kNodes{
    Row{.key = "redis_prefix",
        .shape = {Kind::text},
        .binding = server<&Options::redis, &core::RedisOptions::prefix>,
        .help = "What the names of all keys in Redis begin with. Servers with the same prefix on the same database are "
                "nodes of one server."},
    Row{.key = "redis_sync_replicas",
        .shape = {Kind::number, 1, core::kRedisSyncReplicasMax},
        .binding = server<&Options::redis, &core::RedisOptions::sync_replicas>,
        .help = "On how many replicas of its Redis a publication must be before it is acknowledged and delivered, for "
                "channels with durability = \"synced\". Where fewer answer, each of them is refused."},
    Row{.key = "redis_sync_timeout",
        .shape = {Kind::duration, 1, std::uint64_t{core::kRedisSyncTimeoutMax.count()}},
        .binding = server<&Options::redis, &core::RedisOptions::sync_timeout>,
        .help = "How long these replicas may take. Then the publisher is told how many have answered: the publication "
                "is stored, and published later or lost."},
    Row{.key = "node_id",
        .shape = {Kind::text},
        .binding = server<&Options::redis, &core::RedisOptions::node_id>,
        .help =
            "What this node is called: in /nodes, and its connections in Redis (CLIENT LIST). No two nodes may have "
            "the same.",
        .example = "\"node-1\""},
    Row{.key = "advertise",
        .shape = {Kind::text},
        .binding = server<&Options::redis, &core::RedisOptions::advertise>,
        .help = "The URL by which clients reach this node, which /nodes tells them. Unset: what it listens on, unless "
                "that is every address of the machine.",
        .example = "\"wss://node-1.example.com/ws\""},
};

constexpr std::array kAuth{
    Row{.key = "auth.enabled",
        .shape = {Kind::boolean},
        .binding = policy<&channels::Policy::auth_enabled>,
        .help =
            "Whether clients must authenticate before anything else. Needs somebody who can: [[auth.users]], a key of "
            "[auth.jwt], auth.webhook.url, or tls.client_certs.",
        .live = true},
    Row{.key = "auth.timeout",
        .shape = {Kind::duration, 1},
        .binding = server<&Options::authentication_timeout>,
        .help = "How long a client may take to authenticate where it must. Then it is closed with 4108.",
        .live = true},
    Row{.key = "auth.max_attempts",
        .shape = {Kind::number, 1},
        .binding = policy<&channels::Policy::failed_authentications_max>,
        .help = "Refused attempts of one connection. The last one closes it with 4001.",
        .live = true},
};

template <auto... Members>
constexpr auto jwt = bind<&Settings::jwt, Members...>;
template <auto Member>
constexpr auto jwt_rule = bind<&Settings::jwt, &core::JwtOptions::rules, Member>;
using auth::JwtRules;
using core::JwtOptions;

constexpr std::array kTokens{
    Row{.key = "auth.jwt.secret",
        .shape = {Kind::text},
        .binding = jwt<&JwtOptions::secret>,
        .help = "The secret that signs tokens, shared with who issues them: at least as long as the hash, 32 bytes for "
                "HS256. With any key in this table a client may authenticate by a JWT.",
        .example = "\"at least 32 bytes that nobody can guess\"",
        .live = true,
        .secret = true},
    Row{.key = "auth.jwt.algorithm",
        .shape = {.kind = Kind::choice, .choices = "HS256 HS384 HS512"},
        .binding = bind<&Settings::jwt_algorithm>,
        .help = "The algorithm of the secret. A public key has but one: RSA is for RS256, P-256 for ES256, Ed25519 for "
                "EdDSA.",
        .live = true},
    Row{.key = "auth.jwt.key_file",
        .shape = {Kind::text},
        .binding = jwt<&JwtOptions::key_file>,
        .help = "The public key of who issues tokens, a PEM file. It is read again when it changes.",
        .example = "\"/etc/sentix/tokens.pem\"",
        .live = true},
    Row{.key = "auth.jwt.jwks_file",
        .shape = {Kind::text},
        .binding = jwt<&JwtOptions::jwks_file>,
        .help = "The keys of who issues tokens, a JWK set (RFC 7517). It is read again when it changes.",
        .example = "\"/etc/sentix/jwks.json\"",
        .live = true},
    Row{.key = "auth.jwt.issuer",
        .shape = {Kind::text},
        .binding = jwt_rule<&JwtRules::issuer>,
        .help = "What the claim iss of a token must be. By default anything, or missing.",
        .example = "\"https://login.example.com/\"",
        .live = true},
    Row{.key = "auth.jwt.audience",
        .shape = {Kind::text},
        .binding = jwt_rule<&JwtRules::audience>,
        .help = "What the claim aud of a token must have. Without this setting a token that has one is refused: it is "
                "for somebody else.",
        .example = "\"sentix\"",
        .live = true},
    Row{.key = "auth.jwt.leeway",
        .shape = {Kind::duration, 0, kHourMs},
        .binding = jwt_rule<&JwtRules::leeway>,
        .help = "How far the clock of who issues tokens may be off: so much later they end, and so much earlier they "
                "begin.",
        .live = true},
    Row{.key = "auth.jwt.require_exp",
        .shape = {Kind::boolean},
        .binding = jwt_rule<&JwtRules::expires>,
        .help = "Whether a token without the claim exp, which would be good for ever, is refused.",
        .live = true},
    Row{.key = "auth.jwt.required_claims",
        .shape = {Kind::list},
        .binding = jwt_rule<&JwtRules::required_claims>,
        .help = "Further claims without which a token is refused.",
        .example = "[\"jti\"]",
        .live = true},
};

template <auto Member>
constexpr auto webhook = server<&Options::webhook, Member>;
using core::WebhookOptions;

constexpr std::array kWebhook{
    Row{.key = "auth.webhook.url",
        .shape = {Kind::text},
        .binding = webhook<&WebhookOptions::url>,
        .help =
            "Asked by POST who a client is that neither users nor keys know: https://, or http:// where the network "
            "is trusted. It answers 200 with the claims of a token, or 401 or 403.",
        .example = "\"https://backend.example.com/sentix/auth\"",
        .live = true},
    Row{.key = "auth.webhook.secret",
        .shape = {Kind::text},
        .binding = webhook<&WebhookOptions::secret>,
        .help = "Sent along as Authorization: Bearer, so that the backend knows who asks.",
        .example = "\"what only the two of them know\"",
        .live = true,
        .secret = true},
    Row{.key = "auth.webhook.headers",
        .shape = {Kind::list},
        .binding = webhook<&WebhookOptions::headers>,
        .help =
            "Headers of the handshake that the backend is told, in lower case: a cookie, say, which may be the only "
            "credential that there is. With any, only pages of this host may connect unless origins lists others.",
        .example = "[\"cookie\", \"authorization\"]",
        .live = true},
    Row{.key = "auth.webhook.timeout",
        .shape = {Kind::duration, 1, kHourMs},
        .binding = webhook<&WebhookOptions::timeout>,
        .help = "How long one question may take, with its waiting and its retries. Then its client is told to come "
                "back. Shorter than auth.timeout.",
        .live = true},
    Row{.key = "auth.webhook.connections",
        .shape = {Kind::number, 1, 1024},
        .binding = webhook<&WebhookOptions::connections>,
        .help = "Questions that are under way at one time, each on a connection of its own, which is kept.",
        .live = true},
    Row{.key = "auth.webhook.queue",
        .shape = {Kind::number, 1},
        .binding = webhook<&WebhookOptions::queue>,
        .help = "Questions that wait for one of these connections. Further clients are told to come back.",
        .live = true},
    Row{.key = "auth.webhook.retries",
        .shape = {Kind::number, 0, 100},
        .binding = webhook<&WebhookOptions::retries>,
        .help = "How often it is asked again where the connection fails, or the answer is 502, 503 or 504.",
        .live = true},
    Row{.key = "auth.webhook.ca_file",
        .shape = {Kind::text},
        .binding = webhook<&WebhookOptions::ca_file>,
        .help = "The authorities whose certificates the backend may have, a PEM file. By default those of the system.",
        .example = "\"/etc/sentix/backend-ca.pem\"",
        .live = true},
};

template <auto Member>
constexpr auto command_rate = bind<&Settings::server, &core::Options::policy, &channels::Policy::command_rate, Member>;

using auth::Quantity;
using auth::Scope;

// A limit over time, as auth::parse_rate_limit reads it.
template <Quantity Of, Scope Per>
constexpr Row rate_row(std::string_view key, std::string_view help) {
  return {.key = key,
          .shape = {Kind::rate},
          .binding = {[](Settings& settings, const Value& value) {
                        settings.server.rates.of(Of, Per) = *auth::parse_rate_limit(std::get<std::string>(value));
                      },
                      [](const Settings& settings) -> std::optional<Value> {
                        return auth::setting_text(settings.server.rates.of(Of, Per));
                      }},
          .help = help,
          .live = true};
}

constexpr std::array kRates{
    Row{.key = "rate.commands",
        .shape = {Kind::number, 0, 1'000'000'000},
        .binding = command_rate<&auth::Rate::units>,
        .help = "What the commands of one client may cost a second: publish, event, unsubscribe and ping cost 1, "
                "subscribe, history and presence 5, authenticate 10. More is answered rate_limited. 0 is no limit.",
        .live = true},
    Row{.key = "rate.commands_burst",
        .shape = {Kind::number, 0, 1'000'000'000},
        .binding = command_rate<&auth::Rate::burst>,
        .help = "What they may cost at once, after a rest. 0 is as much as in a second.",
        .live = true},
    rate_row<Quantity::connections, Scope::address>(
        "rate.connections_per_address",
        "New connections of one address, or one /64 of IPv6. A rate is how many in a second, a minute or "
        "an hour (s, m, h), then perhaps how many at once, then what becomes of who is over it: throttle, "
        "the default, does not read from a client until it is paid for; error refuses what is too much "
        "(429, or rate_limited); close ends the connection (4102). off is no limit, and costs nothing."),
    rate_row<Quantity::connections, Scope::server>("rate.connections_per_server", "New connections of everybody."),
    rate_row<Quantity::messages, Scope::connection>(
        "rate.messages_per_connection",
        "Messages of one connection, and its pings, its pongs but those that answer a ping, and short fragments."),
    rate_row<Quantity::messages, Scope::user>("rate.messages_per_user", "The same of all connections of one user."),
    rate_row<Quantity::messages, Scope::address>("rate.messages_per_address", "The same of one address."),
    rate_row<Quantity::messages, Scope::server>("rate.messages_per_server", "The same of everybody."),
    rate_row<Quantity::bytes, Scope::connection>(
        "rate.bytes_per_connection",
        "Bytes of the messages of one connection, decompressed; KiB, MiB and GiB may be used."),
    rate_row<Quantity::bytes, Scope::user>("rate.bytes_per_user", "Bytes of the messages of one user."),
    rate_row<Quantity::bytes, Scope::address>("rate.bytes_per_address", "Bytes of the messages of one address."),
    rate_row<Quantity::bytes, Scope::server>("rate.bytes_per_server", "Bytes of the messages of everybody."),
    rate_row<Quantity::subscribes, Scope::connection>("rate.subscribes_per_connection",
                                                      "Subscriptions that one connection asks for."),
    rate_row<Quantity::subscribes, Scope::user>("rate.subscribes_per_user", "Subscriptions that one user asks for."),
    rate_row<Quantity::subscribes, Scope::address>("rate.subscribes_per_address",
                                                   "Subscriptions that one address asks for."),
    rate_row<Quantity::subscribes, Scope::server>("rate.subscribes_per_server",
                                                  "Subscriptions that everybody asks for."),
    rate_row<Quantity::auth_failures, Scope::address>(
        "rate.auth_failures_per_address",
        "Credentials of one address that are refused. With error and close the next ones are not even "
        "looked at."),
    rate_row<Quantity::auth_failures, Scope::server>("rate.auth_failures_per_server",
                                                     "Credentials of everybody that are refused."),
};

template <auto... Members>
constexpr auto deflate = bind<&Settings::server, &core::Options::deflate, Members...>;
using core::DeflateOptions;
using protocol::DeflatePolicy;

constexpr std::array kCompression{
    Row{.key = "deflate.enabled",
        .shape = {Kind::boolean},
        .binding = deflate<&DeflateOptions::enabled>,
        .help = "Whether to compress messages with clients that offer it (permessage-deflate, RFC 7692).",
        .live = true},
    Row{.key = "deflate.min_bytes",
        .shape = {Kind::bytes, 0, kGibibyte},
        .binding = deflate<&DeflateOptions::min_bytes>,
        .help = "A shorter message is sent as it is: compressing costs about as much time as sending.",
        .live = true},
    Row{.key = "deflate.level",
        .shape = {Kind::number, 1, 9},
        .binding = deflate<&DeflateOptions::effort, &protocol::DeflateEffort::level>,
        .help = "From 1, the fastest, to 9, the smallest messages.",
        .live = true},
    Row{.key = "deflate.server_window_bits",
        .shape = {Kind::number, 9, 15},
        .binding = deflate<&DeflateOptions::policy, &DeflatePolicy::server_window_bits>,
        .help = "How far back what is sent may refer, as a power of two of bytes: 9 to 15. Clients may ask for less.",
        .live = true},
    Row{.key = "deflate.client_window_bits",
        .shape = {Kind::number, 9, 15},
        .binding = deflate<&DeflateOptions::policy, &DeflatePolicy::client_window_bits>,
        .help = "The same for what clients send, of those that let the server choose.",
        .live = true},
    Row{.key = "deflate.server_context_takeover",
        .shape = {Kind::boolean},
        .binding = deflate<&DeflateOptions::policy, &DeflatePolicy::server_context_takeover>,
        .help = "Whether what is sent may refer to earlier messages: smaller messages, but each is compressed anew for "
                "each client, and each client costs up to 256 KiB of memory.",
        .live = true},
    Row{.key = "deflate.client_context_takeover",
        .shape = {Kind::boolean},
        .binding = deflate<&DeflateOptions::policy, &DeflatePolicy::client_context_takeover>,
        .help = "The same for what clients send: each costs up to 40 KiB of memory.",
        .live = true},
};

struct Group {
  std::string_view heading;
  std::span<const Row> settings;
};
constexpr std::array kGroups{
    Group{"Where it listens, and for whom", kListening},
    Group{"TLS", kTls},
    Group{"From where", kAddresses},
    Group{"How many", kCounts},
    Group{"How large", kSizes},
    Group{"How long", kTimes},
    Group{"Logging", kLogging},
    Group{"The admin listener", kAdmin},
    Group{"Where channels are kept", kKept},
    Group{"Nodes on one Redis", kNodes},
    Group{"TLS certificates of clients", kClientCertificates},
    Group{"Authentication", kAuth},
    Group{"Authentication by signed tokens (JWT)", kTokens},
    Group{"Authentication by a webhook", kWebhook},
    Group{"How fast", kRates},
    Group{"Compression", kCompression},
};

std::vector<Row> joined_groups() {
  std::vector<Row> table;
  for (const Group& group : kGroups) {
    for (const Row& setting : group.settings) {
      table.push_back(setting);
      table.back().group = group.heading;
    }
  }
  return table;
}

std::string translated(std::string_view key, char separator, int (*letter)(int)) {
  std::string name;
  for (const char c : key) {
    name += c == '_' || c == '.' ? separator : static_cast<char>(letter(static_cast<unsigned char>(c)));
  }
  return name;
}

}  // namespace

std::span<const Setting<Settings>> settings_table() {
  static const std::vector<Row> table = joined_groups();
  return table;
}

const Setting<Settings>* find_setting(std::string_view key) {
  const auto table = settings_table();
  const auto found = std::find_if(table.begin(), table.end(), [&](const auto& row) { return row.key == key; });
  return found == table.end() ? nullptr : &*found;
}

std::string flag_of(const Setting<Settings>& setting) {
  return setting.flag.empty() ? "--" + translated(setting.key, '-', std::tolower) : std::string(setting.flag);
}

std::string variable_of(const Setting<Settings>& setting) {
  return "WEBSOCKET_" + translated(setting.key, '_', std::toupper);
}

void assign(Settings& settings, const Setting<Settings>& setting, std::string_view text, const Source& source,
            Report& report) {
  if (const std::string error = set_from_text(setting, text, settings); !error.empty()) {
    report.problem(source, error);
    return;
  }
  settings.sources[setting.key] = source;
}

}  // namespace sentix::tools
