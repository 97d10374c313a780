/** Programs that are started for each event. */
package org.partyline.hooks;
