package org.partyline.messaging.delivery;

import java.util.Set;
import org.partyline.messaging.chains.SeenChains;
import org.partyline.messaging.chains.SeenLocators;
import org.partyline.messaging.chains.SendChainRecord;
import org.partyline.messaging.continuity.TokenRecord;
import org.partyline.messaging.conversation.AccountRecord;
import org.partyline.messaging.conversation.ContactRecord;
import org.partyline.messaging.conversation.IdentityRecord;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.fees.SpentRecord;
import org.partyline.messaging.mailbox.ApprovedRecord;
import org.partyline.messaging.mailbox.CargoRecord;
import org.partyline.messaging.mailbox.ConsumerRecord;
import org.partyline.messaging.mailbox.ConversationMarks;
import org.partyline.messaging.mailbox.DraftRecord;
import org.partyline.messaging.mailbox.EarlyRemark;
import org.partyline.messaging.mailbox.EventRecord;
import org.partyline.messaging.mailbox.FragmentRecord;
import org.partyline.messaging.mailbox.GapRecord;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.PropagationRecords;
import org.partyline.messaging.mailbox.ReceiptRecord;
import org.partyline.messaging.mailbox.RemarkRecord;
import org.partyline.messaging.mailbox.ReportedState;
import org.partyline.messaging.mailbox.SummaryRecord;
import org.partyline.messaging.recognition.HeldPackets;
import org.partyline.messaging.recognition.UsedPositionRecord;
import org.partyline.messaging.schedule.StoreCoverTransaction;
import org.partyline.messaging.sessions.AcceptedHandshake;
import org.partyline.messaging.sessions.KemExchange;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.sessions.WaitingHandshake;
import org.partyline.messaging.store.Tables;

/** The server's tables: no other bundle may use these names. */
public final class MessagingTables {
    public static final Set<String> ALL = Set.of(
            PersonaRecord.TABLE,
            MembershipRecord.TABLE,
            ReceiveChainRecord.TABLE,
            SendChainRecord.TABLE,
            MessageRecord.TABLE,
            MessageRecords.PACKETS,
            SummaryRecord.TABLE,
            OutgoingRecords.TABLE,
            EventRecord.TABLE,
            ConsumerRecord.TABLE,
            ReportedState.TABLE,
            RemarkRecord.TABLE,
            EarlyRemark.TABLE,
            ConversationMarks.TABLE,
            DraftRecord.TABLE,
            CargoRecord.TABLE,
            ReceiptRecord.TABLE,
            FragmentRecord.TABLE,
            GapRecord.TABLE,
            SeenLocators.TABLE,
            SeenChains.TABLE,
            UsedPositionRecord.TABLE,
            HeldPackets.UNMATCHED,
            HeldPackets.PARKED,
            HeldPackets.KNOWN_SUITES,
            Tables.COUNTERS,
            IdentityRecord.TABLE,
            ContactRecord.TABLE,
            SessionState.TABLE,
            KemExchange.TABLE,
            AcceptedHandshake.TABLE,
            AccountRecord.TABLE,
            WaitingHandshake.TABLE,
            SpentRecord.TABLE,
            ApprovedRecord.TABLE,
            StoreCoverTransaction.PLANS,
            StoreCoverTransaction.SIZES,
            TokenRecord.TABLE,
            KeptTransactionRecords.TABLE,
            Carriers.MISSED,
            PropagationRecords.WAYS,
            PropagationRecords.TRACES);

    private MessagingTables() {}
}
