/** Keys of personas, contact cards, safety numbers, rotation, backup files (PROTOCOL 6). */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.api.identity;
