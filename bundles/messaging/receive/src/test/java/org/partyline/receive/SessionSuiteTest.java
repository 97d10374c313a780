package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.health.Finding;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.PacketType;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.messaging.chains.ReceiveChains;
import org.partyline.messaging.conversation.ChainKind;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.SignerId;
import org.partyline.messaging.recognition.HeldPackets;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.sessions.Controls;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.sessions.KeyUpdates;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.Days;
import org.partyline.messaging.state.StateParticipant;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.MemoryStore;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.protocol.PlainSuite;

/** Packets of a session wait for the suite that both sides agreed on, and no other is tried. */
class SessionSuiteTest {
    private static final AeadSuite SIXTH = new PlainSuite(new AeadId(6, "SIXTH", 16));

    private final ReceiveBench bench = new ReceiveBench();
    private ChannelMembership lobby;
    private Speaker bob;
    private byte[] seed;
    private IdentityKeys bobsKeys;
    private ContactConversation contact;

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
        bobsKeys = bench.stage.identities.generate(bench.stage.random);
        contact = bench.stage.know("bob", bobsKeys);
        follow();
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
    private void follow() throws StoreException {
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

    @Test
    void aContactsPacketThatIsTooOldInItsFirstBlockMayHaveBeenTheNewsOfItsKeys() throws Exception {
        byte[] raw = bench.network.transaction(List.of(bob.onChain(seed, 0, bob.text("late"), SIXTH)));
        bench.clock.pass(Duration.ofDays(1).plusSeconds(1));
        bench.network.mine(TransactionScanner.id(raw), raw);
        bench.settle();
        Eventually.that(
                "it is told",
                () -> bench.told()
                        .contains(ParkedUpkeep.REFUSED + ". If bob has new keys, ask for the new card another way, and"
                                + " add it (partyline:contact-add)"));
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
                warnings()
                        .get(0)
                        .startsWith("1 packet for you could not be opened with any cipher suite of this server"),
                warnings().get(0));
        bench.clock.pass(Duration.ofDays(1).plusSeconds(1));
        assertEquals(List.of(), warnings());
    }

    @Test
    void withoutSuchPacketsAllIsWellAndALockedStoreTellsNothing() throws Exception {
        assertEquals(
                List.of("no packet waits for a cipher suite"),
                bench.receive.examine().stream().map(Finding::what).toList());
        bench.lock();
        assertEquals(List.of(), bench.receive.examine());
    }

    @Test
    void packetsThatWaitForTheSameAreCountedTogether() throws Exception {
        bench.stage.suites.remove(SIXTH);
        bench.hear(bob.onChain(seed, 0, bob.text("one"), SIXTH), bob.onChain(seed, 1, bob.text("two"), SIXTH));
        bench.hear(bob.sealed(bob.newLocator(), bob.text("three"), SIXTH));
        assertEquals(3, parked());
        List<String> warnings = warnings();
        assertEquals(2, warnings.size(), warnings::toString);
        assertTrue(warnings.stream().anyMatch(text -> text.startsWith("2 packets of bob ")), warnings::toString);
        assertTrue(warnings.stream().anyMatch(text -> text.startsWith("1 packet of lobby ")), warnings::toString);
    }

    @Test
    void packetsThatNoSuiteHereOpensAreCounted() throws Exception {
        AeadSuite never = new PlainSuite(new AeadId(7, "NEVER_HERE", 16));
        for (int i = 0; i < 2; i++) {
            bench.hear(bob.sealed(bob.newLocator(), bob.text("by a suite that was never here"), never));
        }
        assertTrue(warnings().get(0).startsWith("2 packets for you could not be opened"), warnings()::toString);
        for (int i = 0; i < 99; i++) {
            bench.hear(bob.sealed(bob.newLocator(), bob.text("by a suite that was never here"), never));
        }
        assertTrue(warnings().get(0).startsWith("100 packets for you"), "no more than a hundred");
    }

    @Test
    void aPacketForAnInboxNamesNobody() throws Exception {
        CardHolder mallory = new CardHolder(bench.stage);
        byte[] offer = mallory.seal(Content.of(PacketType.HANDSHAKE_INIT, bench.clock.instant(), new byte[8]));
        bench.stage.suites.remove(Speaker.XCHACHA.id().name());
        bench.hear(offer);
        assertEquals(1, parked());
        assertEquals(1, warnings().size());
        assertTrue(warnings().get(0).startsWith("1 packet for an inbox of yours cannot be read: the cipher suite "));
        assertTrue(warnings().get(0).contains(Speaker.XCHACHA.id().name()), warnings()::toString);
        bench.clock.pass(ReceiveChains.PATIENCE.plusSeconds(1));
        assertEquals(List.of(), bench.stage.audited);
        upkeep();
        assertEquals(List.of("handshake-refused"), bench.stage.audited, "no conversation could show it");
        assertEquals(0, parked());
    }

    @Test
    void aPacketWhoseKeyIsMissingIsNotToldAsOneWhoseSuiteIs() throws Exception {
        byte[] packet = bob.sealed(bob.newLocator(), bob.text("its key comes later"), Speaker.XCHACHA);
        bench.stage.suites.remove(bench.stage.suites.argon2id());
        bench.hear(packet);
        assertEquals(1, parked());
        assertEquals(List.of(), warnings());
    }

    @Test
    void moreThanAThousandAreCountedOnly() throws Exception {
        bench.stage.suites.remove(SIXTH);
        bench.hear(bob.onChain(seed, 0, bob.text("one"), SIXTH));
        assertEquals(1, parked());
        bench.stage.guard.open(() -> {
            for (int i = 0; i < 999; i++) {
                bench.stage.recognition.parked.add(PacketId.of(Network.REGTEST.code(), Keys.of(i)), i, 0, 0);
            }
            return null;
        });
        assertTrue(warnings().get(0).startsWith("1 packet of bob "), warnings()::toString);
        bench.stage.guard.open(() ->
                bench.stage.recognition.parked.add(PacketId.of(Network.REGTEST.code(), Keys.of(1000)), 1000, 0, 0));
        assertEquals(
                List.of("1001 packets may be yours and cannot be read yet: a cipher suite or a key is missing;"
                        + " kept for a day"),
                warnings());
    }

    @Test
    void aSuiteThatComesAtOnceOpensWhatWasNotWrittenYet() throws Exception {
        bench.stage.suites.remove(SIXTH);
        bench.hear(bob.onChain(seed, 0, bob.text("waits a moment"), SIXTH));
        assertEquals(0, bench.count(HeldPackets.PARKED));
        bench.stage.suites.add(SIXTH);
        bench.settle();
        assertEquals(List.of("waits a moment"), bench.texts());
        assertEquals(0, parked());
    }

    /** It may repeat a key that was lost at one of the positions that were skipped before it. */
    @Test
    void aNewKeyComesWithTheSaltsOfThePositionsThatWereSkippedBeforeItNearestFirst() throws Exception {
        List<String> passed = new ArrayList<>();
        List<SecretBytes> salts = new ArrayList<>();
        bench.stage.put(KeyUpdates.class, (KeyUpdates) Proxy.newProxyInstance(
                KeyUpdates.class.getClassLoader(), new Class<?>[] {KeyUpdates.class}, (self, method, arguments) -> {
                    if (method.getName().equals("arrived")) {
                        for (Object salt : (List<?>) arguments[6]) {
                            salts.add((SecretBytes) salt);
                            passed.add(hex((SecretBytes) salt));
                        }
                    }
                    return null;
                }));
        List<String> expected = new ArrayList<>();
        try (SecretBytes root = lobby.root(bench.stage.channelKeys, Days.of(bench.clock.instant()));
                SecretBytes chainKey = bench.stage.chains.channelChainKey(seed, root, Network.REGTEST);
                ReceiveChain chain = bench.stage.chains.receive(chainKey, bench.clock.instant())) {
            for (int position : new int[] {10, 9, 8, 7, 6, 5, 3, 2}) {
                try (SecretBytes salt = chain.rekeySalt(position)) {
                    expected.add(hex(salt));
                }
            }
        }
        bench.hear(bob.onChain(seed, 4, bob.text("hello"), SIXTH));
        assertEquals(List.of(), passed);
        Content update = Content.of(PacketType.KEY_UPDATE, bench.clock.instant(), new byte[32]);
        bench.hear(bob.onChain(seed, 10, update, SIXTH));
        assertEquals(KeyUpdates.MOST_COPIES, passed.size());
        assertEquals(expected, passed);
        salts.forEach(salt -> assertThrows(IllegalStateException.class, salt::expose, "they are wiped"));
    }

    private static String hex(SecretBytes secret) {
        return HexFormat.of().formatHex(secret.expose());
    }

    /** In a session, only the contact can have signed a message that names no sender. */
    @Test
    void aSignatureThatNamesNobodyIsComparedWithTheContactOfTheSession() throws Exception {
        IdentityKeys carols = bench.stage.identities.generate(bench.stage.random);
        bench.stage.know("carol", carols);
        bench.hear(bob.onChain(seed, 0, bob.signed(seed, 0, bob.text("by bob"), bobsKeys, SIXTH), SIXTH));
        bench.hear(bob.onChain(seed, 1, bob.signed(seed, 1, bob.text("by carol"), carols, SIXTH), SIXTH));
        bench.hear(bob.onChain(seed, 2, bob.text("by nobody"), SIXTH));
        assertEquals(
                List.of(contact.id(), SignerId.WRONG, SignerId.NOBODY),
                bench.stage.inbox.messages().stream().map(MessageRecord::signer).toList());
    }

    private void assertReadAfterOpening(StateParticipant state, String... texts) throws Exception {
        bench.stage.guard.lock();
        try {
            state.opening();
            assertTrue(bench.queue.isDraining(), "no key is erased before what was collected is read");
            bench.stage.store.unlock(MemoryStore.PASSPHRASE.toCharArray());
            bench.open();
            bench.stage.guard.update(state::load);
        } finally {
            bench.stage.guard.unlock();
        }
        state.opened();
        bench.settle();
        assertEquals(List.of(texts), bench.texts());
    }

    @Test
    void aStoreThatIsOpenedBringsWhatWasCollectedAndWhatWaitedAndWhichSuitesThereWere() throws Exception {
        StateParticipant state = StageBench.offered(bench.receive, StateParticipant.class);
        byte[] newcomers = bob.newSeed();
        byte[] opener = bob.opener(newcomers, "carol", "waited for its key");
        bench.stage.suites.remove(bench.stage.suites.argon2id());
        bench.hear(opener);
        bench.stage.guard.lock();
        try {
            state.settle();
        } finally {
            bench.stage.guard.unlock();
        }
        assertEquals(1, bench.count(HeldPackets.PARKED), "written before the store is locked");
        bench.lock();
        bench.stage.suites.add(bench.stage.suites.argon2id());
        bench.stage.suites.add(new PlainSuite(new AeadId(200, "WIDE_GCM", 16)));
        bench.settle();
        bench.hear(bob.onChain(seed, 0, bob.text("collected"), SIXTH));
        bench.flush();
        assertReadAfterOpening(state, "collected", "waited for its key");
        assertEquals(2, bench.count(HeldPackets.KNOWN_SUITES), "with the one that came while it was locked");
    }

    @Test
    void whatIsNotAllowedDoesNotWaitOnceItsSuiteIsHere() throws Exception {
        Content ahead = Content.of(
                PacketType.TEXT,
                bench.clock.instant().plus(Duration.ofDays(7)),
                "of next week".getBytes(StandardCharsets.UTF_8));
        byte[] packet = bob.onChain(seed, 0, ahead, SIXTH);
        bench.stage.suites.remove(SIXTH);
        bench.hear(packet);
        assertEquals(1, parked());
        bench.stage.suites.add(SIXTH);
        bench.settle();
        assertEquals(0, parked());
        assertEquals(List.of(), bench.texts());
        assertTrue(bench.stage.recognition.packets.wasRefused(PacketId.of(Network.REGTEST.code(), packet), false));
    }

    @Test
    void aStrangersPacketThatTurnsOutToWaitIsNoStrangersAnyMore() throws Exception {
        StageBench elsewhere = new StageBench(bench.clock);
        Speaker carol = new Speaker(elsewhere, elsewhere.join("plaza", Mode.RATCHET));
        bench.hear(carol.opener(carol.newSeed(), "carol", "one"));
        assertEquals(1, bench.unmatched());
        bench.stage.suites.remove(bench.stage.suites.argon2id());
        bench.join("plaza");
        bench.stage.bus.publish(new Bus.Expected());
        bench.settle();
        assertEquals(0, bench.unmatched());
        assertEquals(1, parked());
        elsewhere.close();
    }

    @Test
    void packetsThatWaitAreBoundedInTheStoreToo() throws Exception {
        bench.stage.suites.remove(SIXTH);
        bench.hear(bob.onChain(seed, 0, bob.text("the oldest"), SIXTH));
        assertEquals(1, parked());
        bench.stage.guard.open(() -> {
            for (int i = 0; i < 65_535; i++) {
                bench.stage.recognition.parked.add(PacketId.of(Network.REGTEST.code(), Keys.of(i)), i, 0, 0);
            }
            return null;
        });
        bench.hear(bob.onChain(seed, 1, bob.text("the newest"), SIXTH));
        assertEquals(1, parked());
        bench.stage.suites.add(SIXTH);
        bench.settle();
        assertEquals(List.of("the newest"), bench.texts());
        assertEquals(List.of("bob: " + ParkedUpkeep.DISPLACED), notices());
    }

    private BlockRef mined(byte[] packet) throws Exception {
        byte[] raw = bench.network.transaction(List.of(packet));
        return bench.network.mine(TransactionScanner.id(raw), raw);
    }

    /** The keys of those days are erased as soon as all was read, unless something waits for them. */
    @Test
    void packetsOfOldBlocksWaitForTheirSuiteForADayToo() throws Exception {
        bench.stage.suites.remove(SIXTH);
        bench.stop();
        mined(bob.sealed(bob.newLocator(), bob.text("three"), SIXTH));
        mined(bob.onChain(seed, 0, bob.text("one"), SIXTH));
        bench.clock.pass(Duration.ofDays(5));
        bench.network.mine();
        bench.stage.forget();
        bench.open();
        bench.start();
        upkeep();
        upkeep();
        assertEquals(2, bench.stage.recognition.parked.size());
        bench.stage.suites.add(SIXTH);
        bench.settle();
        assertEquals(List.of("one", "three"), bench.texts().stream().sorted().toList());
        assertEquals(List.of(), notices());
        upkeep();
        int today = Days.of(bench.clock.instant());
        ChannelMembership read = bench.stage.people.conversations.member(lobby.id());
        assertThrows(IllegalArgumentException.class, () -> read.root(bench.stage.channelKeys, today - 2));
    }

    /** The session was replaced while its last packets were on their way. */
    @Test
    void aChainIsReadAsLongAsAPacketOfItWaitsForItsSuite() throws Exception {
        bench.stage.suites.remove(SIXTH);
        bench.hear(bob.onChain(seed, 0, bob.text("the last"), SIXTH));
        bench.stage.guard.open(() -> {
            ReceiveChainState chain =
                    bench.stage.recognition.chains.of(contact.id()).get(0);
            bench.stage.recognition.chains.put(chain.with(chain.entry.retiring(bench.clock.millis())));
            return null;
        });
        bench.clock.pass(Duration.ofHours(23));
        upkeep();
        bench.stage.suites.add(SIXTH);
        bench.settle();
        assertEquals(List.of("the last"), bench.texts());
        upkeep();
        assertEquals(List.of(), bench.stage.recognition.chains.of(contact.id()));
    }

    @Test
    void packetsOfOldBlocksWhoseSuiteDoesNotReturnAreDroppedWithANotice() throws Exception {
        bench.stage.suites.remove(SIXTH);
        bench.stop();
        mined(bob.sealed(bob.newLocator(), bob.text("three"), SIXTH));
        bench.clock.pass(Duration.ofDays(5));
        bench.network.mine();
        bench.stage.forget();
        bench.open();
        bench.start();
        upkeep();
        bench.clock.pass(ReceiveChains.PATIENCE.plusSeconds(1));
        upkeep();
        assertEquals(List.of("lobby: " + ParkedUpkeep.NOTICE), notices());
        assertEquals(0, bench.stage.recognition.parked.size());
    }

    private void upkeep() throws Exception {
        StateParticipant state = StageBench.offered(bench.receive, StateParticipant.class);
        bench.stage.guard.open(() -> {
            state.expire();
            return null;
        });
        bench.settle();
    }

    private List<String> notices() throws StoreException {
        return bench.stage.guard.transact(tx -> Tables.all(tx, MessageRecord.TABLE, MessageRecord.class)).stream()
                .filter(MessageRecord::notice)
                .map(notice -> bench.stage
                                .people
                                .conversations
                                .find(notice.membership())
                                .name() + ": " + notice.text())
                .toList();
    }

    /** Nothing else shows that they are missing: no later packet is on a chain whose first one was not read. */
    @Test
    void packetsThatWaitedForADayAreDroppedWithANotice() throws Exception {
        bench.stage.suites.remove(SIXTH);
        bench.hear(
                bob.onChain(seed, 0, bob.text("one"), SIXTH),
                bob.onChain(seed, 1, bob.text("two"), SIXTH),
                bob.sealed(bob.newLocator(), bob.text("three"), SIXTH));
        bench.clock.pass(ReceiveChains.PATIENCE);
        upkeep();
        assertEquals(3, parked());
        assertEquals(List.of(), notices());
        bench.clock.pass(Duration.ofSeconds(1));
        upkeep();
        assertEquals(0, parked());
        assertEquals(0, bench.stage.recognition.parked.size());
        assertEquals(List.of("bob: " + ParkedUpkeep.NOTICE, "lobby: " + ParkedUpkeep.NOTICE), notices());
        byte[] last = bob.onChain(seed, 2, bob.text("four"), SIXTH);
        bench.hear(last);
        bench.clock.pass(ReceiveChains.PATIENCE.plusSeconds(1));
        upkeep();
        assertEquals(3, notices().size(), "one a day");
        assertFalse(
                bench.stage.recognition.packets.wasHandled(PacketId.of(Network.REGTEST.code(), last)),
                "a node may report its block again");
    }

    /** The server was stopped or locked for longer than a day. */
    @Test
    void aPacketThatCanBeReadIsReadHoweverLongItWaited() throws Exception {
        byte[] packet = bob.sealed(bob.newLocator(), bob.text("its key comes later"), Speaker.XCHACHA);
        bench.stage.suites.remove(bench.stage.suites.argon2id());
        bench.hear(packet);
        assertEquals(1, parked());
        bench.lock();
        bench.clock.pass(Duration.ofDays(5));
        bench.stage.store.unlock(MemoryStore.PASSPHRASE.toCharArray());
        bench.stage.guard.transact(tx -> tx.deleteExpired(bench.clock.instant()));
        bench.open();
        bench.stage.suites.add(bench.stage.suites.argon2id());
        upkeep();
        assertEquals(List.of("its key comes later"), bench.texts());
        assertEquals(List.of(), notices());
    }

    @ParameterizedTest
    @ValueSource(classes = {KeyUpdates.class, Controls.class})
    void whatArrivesInASessionWhileAPartOfItIsAwayIsReadWhenItReturns(Class<?> part) throws Exception {
        bench.stop(part);
        bench.hear(bob.onChain(seed, 0, bob.text("meanwhile"), SIXTH));
        assertEquals(List.of(), bench.texts());
        bench.start(part);
        bench.settle();
        assertEquals(List.of("meanwhile"), bench.texts());
    }
}
