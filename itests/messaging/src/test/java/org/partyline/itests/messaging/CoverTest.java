package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.Outgoing;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.Sessions;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.messaging.TestNetwork;

/** Tests cover traffic with all bundles: an observer cannot see which packets are messages. */
class CoverTest extends CoverStage {
    @Test
    void messagesHandshakesKeyUpdatesReceiptsAndDecoysRollInTheSameTransaction() throws Exception {
        alice.settings.set("carrier", "rolling");
        alice.settings.set("receipts", "pay");
        alice.settings.set("rekey-messages", "1");
        // However many slots it needs.
        alice.settings.set("roll-max-age", "14d");
        alice.settings.set("roll-max-fee", "1000000sat");
        alice.know(bob, "bob");
        bob.know(alice, "alice");
        timing.gap = Duration.ofMinutes(1);
        start(Duration.ofMinutes(1), 1_000_000);
        point();
        alice.send("lobby", "to all");
        alice.write("bob", "to you");
        TestServer.await("both arrive", () -> {
            point();
            return bob.received().containsAll(List.of("to all", "to you"));
        });
        bob.write("alice", "and back");
        TestServer.await("it is answered with a receipt", () -> {
            point();
            return alice.messages().outbox(true).stream()
                    .anyMatch(out -> out.kind().equals("control") && out.state() == State.RELAYED);
        });
        point();
        Set<ByteBuffer> coins = new HashSet<>();
        network.handed().stream()
                .filter(handed -> handed.node().equals("a"))
                .forEach(handed -> coins.add(TestNetwork.input(handed.raw())));
        assertEquals(1, coins.size(), "one coin for everything");
        Set<String> kinds = new HashSet<>();
        for (Outgoing out : alice.messages().outbox(true)) {
            kinds.add(out.kind());
            assertEquals(Carrier.ROLLING, out.carrier(), out.kind());
        }
        assertEquals(Set.of("message", "handshake", "key update", "control", DECOY), kinds);
    }

    private List<Messages.Message> written() throws Exception {
        return bob.messages().messages(Messages.Query.ALL).stream()
                .filter(message -> message.outgoing() && message.direct())
                .toList();
    }

    private static List<Integer> sizes(byte[] raw) {
        return payloads(raw).stream().map(ByteBuffer::remaining).toList();
    }

    private static Sessions.Protection protection(TestServer server) throws Exception {
        return server.sessions().list(Optional.empty()).stream()
                .findFirst()
                .map(Sessions.Session::protection)
                .orElse(Sessions.Protection.NONE);
    }

    @Test
    void aKeyExchangeLeavesInThePlaceOfDecoysAndCostsNothingMore() throws Exception {
        bob.settings.set("post-quantum", "pay");
        alice.know(bob, "bob");
        bob.know(alice, "alice");
        timing.gap = Duration.ofMinutes(1);
        start(Duration.ofMinutes(1), 1_000_000);
        alice.write("bob", "open a session");
        TestServer.await("it is open", () -> {
            point();
            return bob.received().contains("open a session");
        });
        // A KEY_UPDATE is overdue by now, and soon also by the number of fragments: it waits for the exchange's own.
        clock.set(clock.instant().plus(Duration.ofHours(25)));
        // What became of the first message is shown for some more time.
        alice.round();
        clock.set(clock.instant().plus(Duration.ofHours(3)));
        alice.settings.set("rekey-messages", "5");
        timing.size = OptionalInt.of(80);
        TestServer.await("both sides are protected", () -> {
            alice.keep();
            bob.keep();
            List<byte[]> left = point();
            assertEquals(1, left.size(), "one packet a point, as ever");
            assertEquals(List.of(80), sizes(left.get(0)), "of the size that the decoy would have had");
            bob.round();
            return protection(alice).since().isPresent()
                    && protection(bob).since().isPresent();
        });
        // The packets of the previous day are no longer listed.
        assertEquals(Set.of(DECOY), kinds(), "nothing else was paid for");
        alice.write("bob", "protected words");
        bob.write("alice", "and protected answers");
        TestServer.await("they are read on the new chains", () -> {
            point();
            bob.round();
            return bob.received().contains("protected words")
                    && alice.received().contains("and protected answers");
        });
    }

    private Set<String> kinds() throws Exception {
        Set<String> kinds = new HashSet<>();
        alice.messages().outbox(true).forEach(out -> kinds.add(out.kind()));
        return kinds;
    }

    @Test
    void piecesOfAKeyExchangeThatEndsEarlyCountAsMessagesOfTheSession() throws Exception {
        alice.settings.set("rekey-messages", "12");
        alice.know(bob, "bob");
        bob.know(alice, "alice");
        timing.gap = Duration.ofMinutes(1);
        start(Duration.ofMinutes(1), 1_000_000);
        alice.write("bob", "open a session");
        TestServer.await("it is open", () -> {
            point();
            return bob.received().contains("open a session");
        });
        timing.size = OptionalInt.of(80);
        TestServer.await("ten pieces have left", () -> {
            alice.keep();
            point();
            return protection(alice).done() >= 10;
        });
        alice.write("bob", "while the exchange is open");
        TestServer.await("it arrives", () -> {
            point();
            return bob.received().contains("while the exchange is open");
        });
        assertEquals(Set.of("message", "handshake", DECOY), kinds(), "the exchange's own key update is to come");

        alice.settings.set("post-quantum", "off");
        alice.keep();
        alice.write("bob", "after its end");
        TestServer.await("it arrives", () -> {
            point();
            return bob.received().contains("after its end");
        });
        assertEquals(Set.of("message", "handshake", "key update", DECOY), kinds());
    }

    @Test
    void receiptsLeaveInThePlaceOfDecoysAndCostNothingMore() throws Exception {
        alice.settings.set("read-receipts", "true");
        alice.know(bob, "bob");
        bob.know(alice, "alice");
        timing.gap = Duration.ofMinutes(1);
        start(Duration.ofMinutes(1), 1_000_000);
        alice.write("bob", "open a session");
        TestServer.await("it is open", () -> {
            point();
            return bob.received().contains("open a session");
        });
        List<String> texts =
                List.of("one", "two", "a third one that is so long that it fills no packet alone ".repeat(2));
        for (String text : texts) {
            bob.write("alice", text);
        }
        TestServer.await("all arrive", () -> {
            bob.round();
            return alice.store.transact(tx -> Tables.all(tx, MessageRecord.TABLE, MessageRecord.class)).stream()
                            .filter(message -> !message.outgoing() && !message.notice())
                            .count()
                    == texts.size();
        });
        TestServer.await("they are told as delivered", () -> {
            assertEquals(1, point().size(), "one packet a point, as ever");
            return written().stream()
                    .allMatch(message -> message.remarks().delivered().isPresent());
        });
        assertTrue(
                written().stream().noneMatch(message -> message.remarks().read().isPresent()));
        alice.messages().messages(Messages.Query.ALL);
        TestServer.await("they are told as read", () -> {
            assertEquals(1, point().size());
            return written().stream()
                    .allMatch(message -> message.remarks().read().isPresent());
        });
        assertTrue(
                alice.messages().outbox(true).stream()
                        .noneMatch(out -> out.kind().equals("control")),
                "none was paid for");
    }
}
