package org.partyline.messaging.mailbox;

import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.kernel.Unlocked;

/**
 * The packets of a message are another message's from now on. Told within the transaction that makes it so.
 *
 * @param message its number until now
 * @param carrier the id of its carrier
 * @param other the number that they have from now on
 */
public record MessageRenumbered(StoreTransaction tx, Unlocked memory, long message, String carrier, long other) {}
