package org.partyline.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Vault;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
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
import org.partyline.messaging.state.ReadingServices;
import org.partyline.messaging.state.StateOwner;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.StageBench;

/** What is done with the token and with chains when the store is opened and locked. */
class VaultTest {
    private static final char[] PASSPHRASE = "store passphrase".toCharArray();

    private final HandSetClock clock = new HandSetClock();
    private final MachineStore store = new MachineStore();
    private final List<String> mended = new ArrayList<>();
    private StageBench stage;
    private Vault vault;
    /** What is said of a mended state; null: nothing. */
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
            public void load(StoreTransaction tx) throws StoreException {
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
        StateKeeper keeper = new StateKeeper(
                store,
                stage.guard,
                stage.settings,
                stage.context.protocols(),
                stage.notices.events(),
                participants,
                new Continuity(store, stage.guard, stage.random, clock, store.outside, participants));
        return new VaultService(
                store, stage.guard, stage.recognition, participants, stage.notices.security(), keeper, () -> {});
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

    /** Its file would be shorter than that of an empty store that was made earlier. */
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
        long[] tokens = new long[1];
        store.afterChange = () -> tokens[0] = store.rewritten == 0 ? 0 : tokens[0] + 1;
        vault.unlock(PASSPHRASE);
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
