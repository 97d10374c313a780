/** The receiving side: from a node's report to an opened packet in the inbox. */
package org.partyline.receive;
