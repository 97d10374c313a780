package org.partyline.messaging.continuity;

import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.kernel.AfterCommit;

/**
 * A key of a session is used in this transaction: no copy of the store from before it is good from now on (PROTOCOL 5, "State that may be
 * old"). Told within the transaction.
 */
public record KeyUsed(StoreTransaction tx, AfterCommit after) {}
