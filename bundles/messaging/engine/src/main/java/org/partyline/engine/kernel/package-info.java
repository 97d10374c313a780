/** What every part of the engine builds on: the unlocked state and its lock, the parts that other bundles provide, events, and work after a commit. */
package org.partyline.engine.kernel;
