package org.partyline.api.settings;

import java.time.Duration;

/**
 * Settings of sessions and personas' keys.
 *
 * @param strangers whether people are answered who have a persona's card and are no contacts
 * @param receipts when contacts are told that their messages have arrived
 * @param readReceipts whether they are also told that their messages were shown
 * @param postQuantum how post-quantum key exchanges leave
 * @param rekeyMessages messages on a session before its keys are renewed; 1 to 100
 * @param rekeyAfter a session's keys are renewed by the next message after this
 * @param handshakeRetry a handshake that was not answered is made again after this, while messages wait
 * @param keyAge a persona's keys are rotated after this
 * @param keyMessages a persona's keys are rotated after so many messages
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
