import { openFilesystemStorage } from './filesystem-storage.ts'
import { testStorage } from '../testsuite/test-storage.ts'

testStorage('filesystem', openFilesystemStorage)
