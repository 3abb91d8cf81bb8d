"""What /metrics tells of clients that come, talk and go."""

import unittest

from support.admin import AdminServer
from support.eventually import eventually
from support.raw_client import TEXT, RawClient, frame


class MetricsTest(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(AdminServer("--workers", 1))
        self.admin = self.server.admin

    def test_the_page_is_prometheus_text(self):
        answer = self.admin.get("/metrics")
        self.assertEqual(answer.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8")
        for line in answer.body.decode().splitlines():
            self.assertRegex(line, r'^(# (HELP|TYPE) sentix_[a-z_]+ .+|sentix_[a-z_]+(\{[^{}]+\})? [-+0-9.e]+)$')

    def test_clients_messages_and_deliveries_are_counted(self):
        with RawClient(self.server) as one, RawClient(self.server) as other:
            for client in (one, other):
                client.enter()
                client.command(type="subscribe", id=1, channel="general")
                client.expect("subscribed")
            one.command(type="publish", id=2, channel="general", data="x" * 1000)
            one.expect("published")
            for client in (one, other):
                client.expect("message")
            self.admin.publish("general", 1)
            for client in (one, other):
                client.expect("message")
            metrics = self.admin.metrics()
            self.assertEqual(metrics["sentix_connections"], 2)
            self.assertEqual(metrics["sentix_channels"], 1)
            self.assertEqual(metrics["sentix_ready"], 1)
            for name, count in (("connections_upgraded", 2), ("messages_received", 3), ("deliveries", 4)):
                self.assertEqual(metrics[f'sentix_{name}_total{{worker="0"}}'], count)
            self.assertGreater(metrics['sentix_message_bytes_received_total{worker="0"}'], 1000)
            self.assertGreater(metrics['sentix_sent_bytes_total{worker="0"}'], 2000)
            self.assertEqual(metrics["sentix_handshake_seconds_count"], 2)
            self.assertEqual(metrics['sentix_handshake_seconds_bucket{le="+Inf"}'], 2)
            self.assertEqual(metrics["sentix_delivery_seconds_count"], 1)  # the first of 16
            self.assertEqual(metrics["sentix_admin_publications_total"], 1)
            self.assertGreater(metrics["sentix_resident_memory_bytes"], 1 << 20)
        self.admin.eventually_metric("sentix_connections", 0)

    def test_ends_are_counted_by_their_reason(self):
        reason = 'sentix_connections_ended_total{{reason="{}"}}'.format
        self.assertEqual(self.admin.metric(reason("message_too_large")), 0)
        with RawClient(self.server) as client:
            client.enter()
            client.send(frame(TEXT, b"x", length=2 << 20))
            self.assertEqual(client.receive_close()[0], 1009)
        self.admin.eventually_metric(reason("message_too_large"), 1)
        with RawClient(self.server) as client:
            client.send(b"GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n")
            self.assertEqual(client.receive_response()[0], 404)
        self.admin.eventually_metric(reason("unknown_path"), 1)

    def test_the_loop_lag_is_measured(self):
        name = 'sentix_loop_lag_seconds_count{worker="0"}'
        before = self.admin.metric(name)
        eventually(lambda: self.admin.metric(name) > before, "no tick")


if __name__ == "__main__":
    unittest.main()
