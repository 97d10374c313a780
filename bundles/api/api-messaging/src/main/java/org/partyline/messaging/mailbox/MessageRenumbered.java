package org.partyline.messaging.mailbox;

import org.partyline.api.store.StoreTransaction;

/**
 * An event: the packets of a message now belong to another one. Published within the same transaction.
 *
 * @param message its previous number
 * @param carrier the id of its carrier
 * @param other the new number
 */
public record MessageRenumbered(StoreTransaction tx, long message, String carrier, long other) {}
