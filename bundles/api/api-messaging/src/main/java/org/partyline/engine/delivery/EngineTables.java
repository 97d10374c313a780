package org.partyline.engine.delivery;

import java.util.Set;
import org.partyline.engine.chains.SeenChains;
import org.partyline.engine.chains.SeenLocators;
import org.partyline.engine.chains.SendChainRecord;
import org.partyline.engine.continuity.TokenRecord;
import org.partyline.engine.conversation.AccountRecord;
import org.partyline.engine.conversation.ContactRecord;
import org.partyline.engine.conversation.IdentityRecord;
import org.partyline.engine.conversation.MembershipRecord;
import org.partyline.engine.conversation.PersonaRecord;
import org.partyline.engine.conversation.ReceiveChainRecord;
import org.partyline.engine.fees.SpentRecord;
import org.partyline.engine.mailbox.ConversationMarks;
import org.partyline.engine.mailbox.DraftRecord;
import org.partyline.engine.mailbox.FragmentRecord;
import org.partyline.engine.mailbox.MessageRecord;
import org.partyline.engine.mailbox.OutgoingRecords;
import org.partyline.engine.mailbox.PropagationRecords;
import org.partyline.engine.mailbox.RemarkRecord;
import org.partyline.engine.recognition.HeldPackets;
import org.partyline.engine.schedule.StoreCoverTransaction;
import org.partyline.engine.sessions.AcceptedHandshake;
import org.partyline.engine.sessions.SessionState;
import org.partyline.engine.sessions.WaitingHandshake;
import org.partyline.engine.store.Tables;

/** The tables of the engine: no other bundle may have one of these names. */
public final class EngineTables {
    public static final Set<String> ALL = Set.of(
            PersonaRecord.TABLE,
            MembershipRecord.TABLE,
            ReceiveChainRecord.TABLE,
            SendChainRecord.TABLE,
            MessageRecord.TABLE,
            OutgoingRecords.TABLE,
            RemarkRecord.TABLE,
            ConversationMarks.TABLE,
            DraftRecord.TABLE,
            FragmentRecord.TABLE,
            SeenLocators.TABLE,
            SeenChains.TABLE,
            HeldPackets.UNMATCHED,
            HeldPackets.PARKED,
            HeldPackets.KNOWN_SUITES,
            Tables.COUNTERS,
            IdentityRecord.TABLE,
            ContactRecord.TABLE,
            SessionState.TABLE,
            AcceptedHandshake.TABLE,
            AccountRecord.TABLE,
            WaitingHandshake.TABLE,
            SpentRecord.TABLE,
            StoreCoverTransaction.PLANS,
            StoreCoverTransaction.SIZES,
            TokenRecord.TABLE,
            KeptTransactionRecords.TABLE,
            Carriers.MISSED,
            PropagationRecords.WAYS,
            PropagationRecords.TRACES);

    private EngineTables() {}
}
