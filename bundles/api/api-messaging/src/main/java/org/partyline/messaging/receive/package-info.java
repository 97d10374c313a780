/** The receiving side: from a node's report to an opened packet in the inbox. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.messaging.receive;
