package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.health.Finding;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.chains.ReceiveChains;
import org.partyline.messaging.conversation.ChainKind;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.recognition.HeldPackets;
import org.partyline.messaging.sessions.Controls;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.sessions.KeyUpdates;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.Days;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.protocol.PlainSuite;

/** Packets of a session wait for the suite that both sides agreed on, and no other is tried. */
class SessionSuiteTest {
    private static final AeadSuite SIXTH = new PlainSuite(new AeadId(6, "SIXTH", 16));

    private final ReceiveBench bench = new ReceiveBench();
    private ChannelMembership lobby;
    private Speaker bob;
    private byte[] seed;

    @BeforeEach
    void aSession() throws Exception {
        bench.stage.suites.onChange(() -> bench.stage.bus.publish(new Bus.PartsReturned()));
        bench.stage.suites.add(SIXTH);
        // The keys of one of his chains serve as well as those of a session.
        lobby = bench.join("lobby");
        bob = new Speaker(bench.stage, lobby);
        seed = bob.newSeed();
        quiet(HandshakeManager.class);
        quiet(KeyUpdates.class);
        quiet(Controls.class);
        follow(bench.stage.know("bob", bench.stage.identities.generate(bench.stage.random)));
    }

    @AfterEach
    void close() {
        bench.close();
    }

    /** The session bundles are notified, and do nothing. */
    private <T> void quiet(Class<T> type) {
        bench.stage.put(
                type,
                type.cast(Proxy.newProxyInstance(
                        type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> null)));
    }

    /** Makes Bob's chain one of a session with a contact. */
    private void follow(ContactConversation contact) throws StoreException {
        bench.stage.guard.open(() -> bench.stage.guard.transact(tx -> {
            try (SecretBytes root = lobby.root(bench.stage.channelKeys, Days.of(bench.clock.instant()));
                    SecretBytes chainKey = bench.stage.chains.channelChainKey(seed, root, Network.REGTEST)) {
                ReceiveChain chain = bench.stage.chains.receive(chainKey, bench.clock.instant());
                ReceiveChainRecord entry = new ReceiveChainRecord(
                        (int) Tables.next(tx, "chain"),
                        contact.id(),
                        ChainKind.SESSION,
                        bench.stage.chains.sessionId(chainKey),
                        SIXTH.id().code(),
                        "",
                        bench.clock.instant().getEpochSecond(),
                        null,
                        null,
                        0,
                        null);
                ReceiveChains.putChain(tx, entry, chain);
                bench.stage.recognition.chains.follow(new ReceiveChainState(entry, chain));
                bench.stage.notices.events().startLine(entry.number(), 0);
            }
            return null;
        }));
    }

    private int parked() throws StoreException {
        bench.stage.guard.lock();
        try {
            bench.queue.settleWrites();
        } finally {
            bench.stage.guard.unlock();
        }
        return (int) bench.count(HeldPackets.PARKED);
    }

    @Test
    void whatIsSaidInASessionWaitsForTheSuiteOfTheSession() throws Exception {
        bench.stage.suites.remove(SIXTH);
        bench.hear(bob.onChain(seed, 0, bob.text("waits for it"), SIXTH));
        assertEquals(1, parked());
        assertEquals(List.of(), bench.texts());
        assertEquals(
                List.of("1 packet of bob cannot be read: the cipher suite SIXTH is not running here, or not allowed;"
                        + " kept for a day"),
                warnings());
        bench.stage.suites.add(SIXTH);
        bench.settle();
        assertEquals(List.of(), warnings());
        assertEquals(List.of("waits for it"), bench.texts());
        assertEquals(0, parked());
    }

    /** A member of a channel may change its own suite; here nobody can have sealed with another. */
    @Test
    void noOtherSuiteIsTriedInASession() throws Exception {
        bench.hear(bob.onChain(seed, 0, bob.text("with another one"), Speaker.GCM));
        assertEquals(List.of(), bench.texts());
        assertEquals(0, parked());
        bench.hear(bob.onChain(seed, 0, bob.text("with the right one"), SIXTH));
        assertEquals(List.of("with the right one"), bench.texts());
    }

    private List<String> warnings() throws StoreException {
        return bench.receive.examine().stream()
                .filter(finding -> finding.verdict() != Finding.Verdict.OK)
                .map(Finding::what)
                .toList();
    }

    @Test
    void aPacketOfAChannelThatWaitsForASuiteIsToldWithTheSuitesThatMayHaveSealedIt() throws Exception {
        bench.stage.suites.remove(SIXTH);
        bench.hear(bob.sealed(bob.newLocator(), bob.text("by another suite"), SIXTH));
        assertEquals(1, parked());
        List<String> warnings = warnings();
        assertEquals(1, warnings.size(), warnings::toString);
        assertTrue(warnings.get(0).startsWith("1 packet of lobby cannot be read: the cipher suite "), warnings.get(0));
        assertTrue(warnings.get(0).contains("SIXTH"), warnings.get(0));
    }

    @Test
    void aPacketOfAChannelThatNoSuiteHereOpensIsToldForADay() throws Exception {
        AeadSuite never = new PlainSuite(new AeadId(7, "NEVER_HERE", 16));
        bench.hear(bob.sealed(bob.newLocator(), bob.text("by a suite that was never here"), never));
        assertEquals(0, parked());
        assertEquals(1, warnings().size());
        assertTrue(
                warnings().get(0).contains("could not be opened with any cipher suite of this server"),
                warnings().get(0));
        bench.clock.pass(Duration.ofDays(1).plusSeconds(1));
        assertEquals(List.of(), warnings());
    }
}
