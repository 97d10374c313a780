/**
 * The sending side: when a message may be sent, the services for carriers, and the transactions that they paid for and
 * handed over.
 */
package org.partyline.delivery;
