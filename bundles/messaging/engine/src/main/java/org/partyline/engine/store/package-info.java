/** What the engine keeps in the store: tables, keys, and the records' forms. */
package org.partyline.engine.store;
