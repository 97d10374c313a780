/** What a packet may cost, and what was spent. */
package org.partyline.engine.fees;
