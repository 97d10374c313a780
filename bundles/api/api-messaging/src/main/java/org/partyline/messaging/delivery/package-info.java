/**
 * The sending side: when a message may be sent, the services for carriers, and the transactions that they paid for and
 * handed over.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.messaging.delivery;
