/** Starts programs for each event. */
package org.partyline.hooks;
