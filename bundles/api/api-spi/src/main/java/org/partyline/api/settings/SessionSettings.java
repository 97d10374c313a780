package org.partyline.api.settings;

import java.time.Duration;

/**
 * Settings of sessions and personas' keys.
 *
 * @param strangers whether people who have a persona's card and are not contacts are answered
 * @param receipts when contacts are sent receipts for their messages
 * @param readReceipts whether they are also sent receipts when their messages were shown
 * @param postQuantum when the packets of post-quantum key exchanges are sent
 * @param rekeyMessages messages on a session before its keys are renewed; 1 to 100
 * @param rekeyAfter a session's keys are renewed by the next message after this
 * @param handshakeRetry an unanswered handshake is repeated after this while messages wait
 * @param keyAge a persona's keys are rotated after this
 * @param keyMessages a persona's keys are rotated after this number of messages
 */
public record SessionSettings(
        boolean strangers,
        ReceiptMode receipts,
        boolean readReceipts,
        PostQuantumMode postQuantum,
        int rekeyMessages,
        Duration rekeyAfter,
        Duration handshakeRetry,
        Duration keyAge,
        int keyMessages) {}
