/** Tells the store that ran last from an old copy of it (PROTOCOL 5, "State that may be old"). */
package org.partyline.engine.continuity;
