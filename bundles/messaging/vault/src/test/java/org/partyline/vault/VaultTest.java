package org.partyline.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.SecretBytes;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Vault;
import org.partyline.api.packet.Packets;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
import org.partyline.api.store.WrongPassphraseException;
import org.partyline.messaging.chains.SendChainRecord;
import org.partyline.messaging.continuity.TokenRecord;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.ConversationSummaries.Summary;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.mailbox.ConversationMarks;
import org.partyline.messaging.mailbox.MessageCounts;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecordBuilder;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.Days;
import org.partyline.messaging.state.ReadingServices;
import org.partyline.messaging.state.RequiredServices;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.state.StateOwner;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.MemoryStore;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.protocol.PlainChains;

/** Tests the handling of the token and of chains when the store is opened and locked. */
class VaultTest {
    private static final char[] PASSPHRASE = "store passphrase".toCharArray();

    private final HandSetClock clock = new HandSetClock();
    private final MachineStore store = new MachineStore();
    private final List<String> mended = new ArrayList<>();
    private StageBench stage;
    private StateKeeper keeper;
    private Vault vault;
    private final List<String> asked = new ArrayList<>();
    /** Why the state cannot be loaded; null if it can. */
    private RuntimeException unreadable;
    /** The notice about a repaired state; null if there is none. */
    private MessageRecord notice;

    @BeforeEach
    void aLockedStore() throws Exception {
        store.create(PASSPHRASE);
        stage = new StageBench(clock, store);
        stage.forget();
        store.lock();
        vault = vault();
    }

    @AfterEach
    void close() {
        stage.close();
    }

    /** As at a start of the program. */
    private Vault vault() {
        Participants participants =
                new Participants(stage.operations, new ReadingServices(stage.context.protocols()).needs());
        participants.add(new StateOwner() {
            @Override
            public int place() {
                return 2;
            }

            @Override
            public void settle() {
                asked.add("settle");
            }

            @Override
            public void load(StoreTransaction tx) throws StoreException {
                if (unreadable != null) {
                    throw unreadable;
                }
                asked.add("load");
                stage.people.begin();
                stage.recognition.begin(stage.channelKeys, stage.chains);
                for (PersonaRecord persona : Tables.all(tx, PersonaRecord.TABLE, PersonaRecord.class)) {
                    stage.people.personas.setName(persona.id(), persona.name());
                }
            }

            @Override
            public boolean hasUsedKeys(StoreTransaction tx) {
                return true;
            }

            @Override
            public void mend(StoreTransaction tx, AfterCommit after, String why) throws StoreException {
                mended.add(why);
                if (notice != null) {
                    put(tx, notice);
                }
            }
        });
        keeper = new StateKeeper(
                store,
                stage.guard,
                stage.settings,
                stage.context.protocols(),
                stage.notices.events(),
                participants,
                new Continuity(store, stage.guard, stage.random, clock, store.outside, participants),
                () -> asked.add("erase"));
        return new VaultService(
                store,
                stage.guard,
                stage.recognition,
                participants,
                stage.notices.security(),
                keeper,
                () -> asked.add("erase"));
    }

    private byte[] outside() {
        return store.outside.tokens.values().iterator().next();
    }

    @Test
    void theTokenIsOtherAfterEachUnlockAndEachLock() throws Exception {
        vault.unlock(PASSPHRASE);
        byte[] first = outside();
        vault.lock();
        byte[] locked = outside();
        assertFalse(Arrays.equals(first, locked));
        vault.unlock(PASSPHRASE);
        assertFalse(Arrays.equals(locked, outside()));
        assertEquals(1, store.outside.tokens.size());
    }

    /** Its file would be shorter than that of an empty store that was created earlier. */
    @Test
    void aStoreThatADuressPassphraseBeganIsRewrittenBeforeItIsUsed() throws Exception {
        vault.unlock(PASSPHRASE);
        vault.lock();
        assertEquals(0, store.rewritten);
        store.unlock(PASSPHRASE);
        for (String table : List.of(PersonaRecord.TABLE, TokenRecord.TABLE)) {
            store.transact(tx -> {
                for (StoredRecord each : tx.list(table)) {
                    tx.delete(table, each.key());
                }
                return null;
            });
        }
        store.lock();
        asked.clear();
        long[] tokens = new long[1];
        store.afterChange = () -> tokens[0] = store.rewritten == 0 ? 0 : tokens[0] + 1;
        vault.unlock(PASSPHRASE);
        assertEquals(List.of("load", "settle", "load"), asked, "closed while it is rewritten");
        assertEquals(1, store.rewritten);
        assertEquals(1, tokens[0], "from then on an unlock like any other, which changes the token");
        assertEquals(1, store.count(PersonaRecord.TABLE));
        vault.lock();
        vault.unlock(PASSPHRASE);
        assertEquals(1, store.rewritten);
    }

    @Test
    void whatIsFoundAtAnUnlockIsMendedAndSaid() throws Exception {
        vault.unlock(PASSPHRASE);
        mended.clear();
        vault.lock();
        vault.unlock(PASSPHRASE);
        assertEquals(List.of(), mended);
        assertEquals(List.of(), vault.warnings());
        vault.lock();
        store.outside.tokens.replaceAll((name, token) -> new byte[Continuity.TOKEN_LENGTH]);
        vault.unlock(PASSPHRASE);
        assertEquals(1, mended.size());
        assertTrue(vault.warnings().get(0).contains(mended.get(0)), vault.warnings()::toString);
    }

    @Test
    void aNewStoreHasItsFirstPersonaAndIsNotRewritten() throws Exception {
        MachineStore other = new MachineStore();
        StageBench bench = new StageBench(clock, MemoryStore.open());
        StateGuard guard = new StateGuard(other, bench.operations);
        Participants nobody = new Participants(bench.operations, RequiredServices.of());
        StateKeeper keeper = new StateKeeper(
                other,
                guard,
                bench.settings,
                bench.context.protocols(),
                bench.notices.events(),
                nobody,
                new Continuity(other, guard, bench.random, clock, other.outside, nobody),
                () -> {});
        new VaultService(other, guard, bench.recognition, nobody, bench.notices.security(), keeper, () -> {})
                .create(PASSPHRASE);
        assertEquals(1, other.count(PersonaRecord.TABLE));
        assertEquals(0, other.rewritten);
        bench.close();
    }

    @Test
    void theStoreKeyOpensItAndWhoeverHasTheWrongOneIsRecorded() throws Exception {
        try (SecretBytes key = vault.storeKey(PASSPHRASE)) {
            assertThrows(WrongPassphraseException.class, () -> vault.unlock("another passphrase".toCharArray()));
            assertEquals(Store.State.LOCKED, vault.state());
            vault.unlock(key);
            assertEquals(Store.State.OPEN, vault.state());
        }
        asked.clear();
        vault.unlock("whatever".toCharArray());
        assertEquals(List.of(), asked, "it is open");
        vault.changePassphrase(PASSPHRASE, "a later passphrase".toCharArray());
        vault.lock();
        assertEquals(
                List.of("store-key-given", "unlock-refused", "unlocked", "passphrase-changed", "locked"),
                stage.audited);
        assertThrows(WrongPassphraseException.class, () -> vault.unlock(PASSPHRASE));
        vault.unlock("a later passphrase".toCharArray());
    }

    @Test
    void noLineTellsOfADuressPassphrase() throws Exception {
        char[] duress = "under duress".toCharArray();
        vault.setDuress(PASSPHRASE, duress);
        vault.removeDuress(PASSPHRASE);
        assertEquals(List.of(), stage.audited);
        assertThrows(WrongPassphraseException.class, () -> vault.unlock(duress));
        vault.setDuress(PASSPHRASE, duress);
        vault.unlock(duress);
        assertEquals(List.of("unlock-refused", "unlocked"), stage.audited);
        vault.lock();
        assertThrows(WrongPassphraseException.class, () -> vault.unlock(PASSPHRASE));
    }

    @Test
    void aStoreThatIsOpenAndNotLoadedIsLoadedAndSoIsOneThatWasClosedUnderIt() throws Exception {
        store.unlock(PASSPHRASE);
        vault.unlock(PASSPHRASE);
        assertEquals(List.of("load"), asked);
        store.lock();
        vault.unlock(PASSPHRASE);
        assertEquals(List.of("load", "load"), asked);
        assertEquals(Store.State.OPEN, vault.state());
    }

    @Test
    void whatIsLoadedBelongsToTheChainsItWasMadeWith() throws Exception {
        ReadingServices reading = new ReadingServices(stage.context.protocols());
        vault.unlock(PASSPHRASE);
        assertFalse(reading.isMadeByOthers());
        stage.put(Chains.class, new PlainChains());
        assertTrue(reading.isMadeByOthers());
        vault.lock();
        vault.unlock(PASSPHRASE);
        assertFalse(reading.isMadeByOthers());
    }

    private void assertNothingIsLoaded() {
        assertEquals(Store.State.LOCKED, store.state());
        assertFalse(stage.isLoaded());
        assertEquals("", stage.people.personas.name(1));
    }

    @Test
    void aStateThatCannotBeLoadedIsWipedAndItsStoreLocked() throws Exception {
        SecretBytes wiped = SecretBytes.wrap(new byte[] {1});
        stage.guard.wiping(wiped);
        unreadable = new IllegalStateException("damaged");
        assertSame(unreadable, assertThrows(IllegalStateException.class, () -> vault.unlock(PASSPHRASE)));
        assertEquals(0, unreadable.getSuppressed().length);
        assertEquals(List.of("erase"), asked, "the texts on screens");
        assertThrows(IllegalStateException.class, wiped::expose);
        assertNothingIsLoaded();
        boolean[] wipes = {false};
        stage.guard.wiping(() -> {
            if (!wipes[0]) {
                throw new IllegalStateException("its bundle was replaced");
            }
        });
        assertSame(unreadable, assertThrows(IllegalStateException.class, () -> vault.unlock(PASSPHRASE)));
        assertEquals(1, unreadable.getSuppressed().length);
        assertNothingIsLoaded();
        wipes[0] = true;
    }

    @Test
    void theStoreIsLockedWhateverCannotBeWipedOrKept() throws Exception {
        boolean[] wipes = {true};
        stage.guard.wiping(() -> {
            if (!wipes[0]) {
                throw new IllegalStateException("its bundle was replaced");
            }
        });
        Runnable fails = () -> {
            throw new IllegalStateException("the place is gone");
        };
        for (boolean wiping : new boolean[] {true, false}) {
            for (Runnable keeping : List.<Runnable>of(() -> {}, fails)) {
                wipes[0] = true;
                store.outside.beforeWriting = () -> {};
                vault.unlock(PASSPHRASE);
                wipes[0] = wiping;
                store.outside.beforeWriting = keeping;
                asked.clear();
                if (wiping && keeping != fails) {
                    vault.lock();
                } else {
                    assertThrows(IllegalStateException.class, vault::lock);
                }
                assertTrue(asked.contains("erase"), "the texts on screens");
                assertNothingIsLoaded();
            }
        }
        wipes[0] = true;
    }

    @Test
    void eventsThatWaitForEarlierOnesAreForgottenAtALock() throws Exception {
        assertForgotten(vault::lock);
    }

    @Test
    void eventsThatWaitForEarlierOnesAreForgottenIfTheOpenStoreCannotBeRead() throws Exception {
        assertForgotten(() -> {
            unreadable = new IllegalStateException("damaged");
            stage.guard.lock();
            try {
                assertThrows(IllegalStateException.class, keeper::reload);
            } finally {
                stage.guard.unlock();
            }
        });
    }

    private void assertForgotten(Runnable locking) throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        List<Messages.Event> heard = new CopyOnWriteArrayList<>();
        Messages.Event none = new Messages.Event(Optional.empty(), Optional.empty());
        Messages.Event last = new Messages.Event(Optional.empty(), Optional.empty(), Optional.of(change()));
        stage.notices.events().follow(Messages.Query.ALL, event -> {
            heard.add(event);
            if (event == last) {
                told.countDown();
            }
        });
        vault.unlock(PASSPHRASE);
        stage.notices.events().startLine(1, 0);
        stage.notices.events().arrived(1, 1, Optional.of(none));
        locking.run();
        stage.notices.events().endLine(1);
        stage.notices.events().publish(last);
        assertTrue(told.await(1, TimeUnit.MINUTES));
        assertEquals(List.of(last), heard);
    }

    private static Messages.Change change() {
        return new Messages.Change(Messages.Change.Kind.RECEIPT, 1, "alice", false, "lobby", Optional.empty());
    }

    @Test
    void keysThatAreStillDerivedAreCounted() throws Exception {
        vault.unlock(PASSPHRASE);
        assertEquals(0, vault.deriving());
        ChannelMembership lobby = stage.join("lobby", Mode.OPEN);
        byte[] sealed;
        try (SecretBytes root = lobby.root(stage.channelKeys, Days.of(clock.instant()));
                SecretBytes key = stage.channelKeys.beacon(root)) {
            sealed = ByteBuffer.allocate(80)
                    .put(Packets.VERSION)
                    .put(stage.channelKeys.newLocator(key, stage.random))
                    .array();
        }
        stage.recognition.secrets.want(
                stage.recognition.beacons.match(sealed), lobby.id(), lobby.entry.parameters(), new byte[] {1});
        assertEquals(1, vault.deriving());
        assertEquals(1, CompletableFuture.supplyAsync(vault::deriving).get(1, TimeUnit.MINUTES));
    }

    @Test
    void channelsBeginNewChainsAfterAStartAndNotAfterALock() throws Exception {
        vault.unlock(PASSPHRASE);
        begin();
        vault.lock();
        vault.unlock(PASSPHRASE);
        assertEquals(1, store.count(SendChainRecord.TABLE));
        vault.lock();
        vault = vault();
        vault.unlock(PASSPHRASE);
        assertEquals(0, store.count(SendChainRecord.TABLE));
    }

    private void begin() throws StoreException {
        stage.guard.transact(tx -> {
            tx.put(SendChainRecord.TABLE, Keys.of(1), Keys.ALL, new byte[] {1}, null);
            return null;
        });
    }

    @Test
    void keptMessagesAreCountedWhenSomebodyLooks() throws Exception {
        vault.unlock(PASSPHRASE);
        ChannelMembership lobby = stage.join("lobby", Mode.RATCHET);
        long one = put(message(lobby, "hello"));
        put(message(lobby, "@alice where are you"));
        vault.lock();
        vault.unlock(PASSPHRASE);
        long now = clock.instant().toEpochMilli();
        assertEquals(0, stage.summaries.newest(lobby.id()), "opening the store reads no message");
        assertEquals(new Summary(2, 1, now, 0), counted(lobby, 0));
        assertEquals(new Summary(1, 1, now, 0), counted(lobby, one));
    }

    private Summary counted(ChannelMembership place, long readTo) throws StoreException {
        MessageCounts counts = new MessageCounts(stage.guard, stage.summaries, clock);
        return stage.guard.open(() -> stage.guard.transact(tx -> {
            new ConversationMarks(place.id(), readTo, false, false).put(tx);
            return counts.listing(tx, place).summary(place);
        }));
    }

    @Test
    void whatIsSaidOfAMendedStateIsCounted() throws Exception {
        vault.unlock(PASSPHRASE);
        ChannelMembership lobby = stage.join("lobby", Mode.RATCHET);
        notice = message(lobby, "an old copy was put back");
        vault.lock();
        store.outside.tokens.replaceAll((name, token) -> new byte[Continuity.TOKEN_LENGTH]);
        vault.unlock(PASSPHRASE);
        assertEquals(1, counted(lobby, 0).unread());
    }

    private MessageRecord message(ChannelMembership place, String text) throws StoreException {
        long now = clock.instant().toEpochMilli();
        return MessageRecordBuilder.builder()
                .id(stage.guard.transact(tx -> Tables.next(tx, "message")))
                .membership(place.id())
                .sender("carol")
                .text(text)
                .chain(-1)
                .sequence(-1)
                .arrived(now)
                .expires(now + 3_600_000)
                .block(-1)
                .packets(List.of())
                .transactions(List.of())
                .views(List.of())
                .locator("")
                .build();
    }

    private long put(MessageRecord message) throws StoreException {
        stage.guard.transact(tx -> put(tx, message));
        return message.id();
    }

    private static Void put(StoreTransaction tx, MessageRecord message) throws StoreException {
        MessageRecords.put(tx, message);
        return null;
    }
}
