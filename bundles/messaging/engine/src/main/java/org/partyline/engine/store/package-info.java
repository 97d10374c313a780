/** How the engine keeps records in the store: their form, their keys, and the numbers that are given out. */
package org.partyline.engine.store;
