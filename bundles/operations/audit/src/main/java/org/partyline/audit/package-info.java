/** Keeps the log of security events: redacted, chained, in rotating files. */
package org.partyline.audit;
