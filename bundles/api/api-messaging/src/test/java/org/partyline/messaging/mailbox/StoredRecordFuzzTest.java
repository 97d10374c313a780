package org.partyline.messaging.mailbox;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.List;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.conversation.ContactRecord;
import org.partyline.messaging.conversation.IdentityRecord;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.delivery.KeptTransaction;
import org.partyline.messaging.sessions.KemExchange;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.store.Cbor;

/** Any stored row is decoded as a record, or causes one exception that does not quote it. */
class StoredRecordFuzzTest {
    private static final List<Class<?>> TYPES = List.of(
            MessageRecord.class,
            OutgoingMessage.class,
            FragmentRecord.class,
            EventRecord.class,
            DraftRecord.class,
            GapRecord.class,
            ContactRecord.class,
            IdentityRecord.class,
            MembershipRecord.class,
            PersonaRecord.class,
            KeptTransaction.class,
            KemExchange.class,
            SessionState.class);

    /** The first byte selects the table. */
    @FuzzTest(maxDuration = "10m")
    void anyRowIsARecordOrRefused(byte[] input) throws StoreException {
        Class<?> type = TYPES.get(input.length == 0 ? 0 : Byte.toUnsignedInt(input[0]) % TYPES.size());
        Object record;
        try {
            record = Cbor.read(Arrays.copyOfRange(input, Math.min(1, input.length), input.length), type);
        } catch (StoreException e) {
            assertEquals("a record of the store cannot be read: it was written by another version", e.getMessage());
            return;
        }
        byte[] written = Cbor.write(record);
        assertArrayEquals(written, Cbor.write(Cbor.read(written, type)));
    }
}
