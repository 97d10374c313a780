/** The log of security events: redacted, chained, in files that rotate. */
package org.partyline.audit;
