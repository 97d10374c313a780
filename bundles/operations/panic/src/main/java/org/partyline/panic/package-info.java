/** What is done on the worst day. */
package org.partyline.panic;
