package org.partyline.messaging.continuity;

import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.state.AfterCommit;

/**
 * An event: a session key is used in this transaction, so that earlier copies of the store are outdated (PROTOCOL 5,
 * "State that may be old"). Published within the transaction.
 */
public record KeyUsed(StoreTransaction tx, AfterCommit after) {}
