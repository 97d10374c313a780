/** Performs the emergency actions. */
package org.partyline.panic;
